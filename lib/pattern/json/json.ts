// The JSON form of patterns, both ways: what others need of form.ts, write.ts and read.ts.

export type { PatternJson } from "./form.ts";
export type { JsonLimits } from "./limits.ts";
export { fromJson } from "./read.ts";
export { toJson } from "./write.ts";
