// Partitions that scenarios use.
import type { TopicPartition } from "../../../../lib/runtime/ports.ts";

export const out = (partition = 0): TopicPartition => ({ topic: "out", partition });
export const state = (partition = 0): TopicPartition => ({ topic: "state", partition });
