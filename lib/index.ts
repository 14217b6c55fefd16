// The public names of `sequitur`: patterns, and matching them in process. It runs in a browser.

export type { PatternJson } from "./pattern/json.ts";
export { fromJSON } from "./pattern/pattern-value.ts";
