export { type Appendable, createMemoryLog, type Feed, type MemoryLog, type MemoryLogOptions } from "./log.ts";
export type { MemorySource } from "./source.ts";
