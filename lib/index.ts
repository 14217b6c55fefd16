// sequitur: finds patterns of events.

export { pattern, sequence } from "./pattern/builder.ts";
export type { Pattern } from "./pattern/pattern.ts";
export { type Duration, formatDuration, parseDuration } from "./time/duration.ts";
