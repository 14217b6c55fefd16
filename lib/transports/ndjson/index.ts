export type { InputPlace } from "./input.ts";
export { type Output, openOutput } from "./output.ts";
export { createNdjsonSink, type NdjsonSinkOptions, toLine } from "./sink.ts";
export { createNdjsonSource, type NdjsonSource, type NdjsonSourceOptions, type NdjsonStats } from "./source.ts";
