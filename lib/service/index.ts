// Public entry `sequitur/service`: services, and what they run on.

export type { StandardSchema } from "../event/schema.ts";
export type { Summary } from "../runtime/engine.ts";
export type { LaneState } from "../runtime/lane-state.ts";
export type { Metrics } from "../runtime/metrics.ts";
export type { Log, OutputRecord, Sink } from "../runtime/ports.ts";
export type { Guarantee } from "../runtime/shard/outlet.ts";
export type {
  KafkaOptions,
  KafkaSaslOptions,
  KafkaTlsOptions,
  Secret,
} from "../transports/kafka/options.ts";
export { createMemoryLog, type Feed, type MemoryLog } from "../transports/memory/index.ts";
export { createNdjsonSink, createNdjsonSource } from "../transports/ndjson/index.ts";
export { service } from "./define.ts";
export {
  type ChangedPatterns,
  type InputOptions,
  type InputTopic,
  type OutputTopic,
  type PatternOptions,
  type ServiceDefinition,
  type ServiceLimits,
  type ServiceOptions,
  topic,
} from "./definition.ts";
export { env } from "./env.ts";
export { type HttpOptions, type HttpPages, serveHttp } from "./http.ts";
export { createJsonLog, type JsonLogOptions } from "./logging.ts";
export { type RunOptions, runService } from "./run.ts";
export type { RunningService } from "./running.ts";
