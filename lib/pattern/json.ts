// The JSON form of patterns, both ways: what others need of json-form.ts, json-write.ts and json-read.ts.

export type { PatternJson } from "./json-form.ts";
export type { JsonLimits } from "./json-limits.ts";
export { fromJson } from "./json-read.ts";
export { toJson } from "./json-write.ts";
