// How long a record is.

import type { InputRecord } from "./ports.ts";

/** Bytes of its key and its value. */
export function sizeOf(record: InputRecord): number {
  return record.sizeBytes ?? (record.key?.length ?? 0) + (record.value?.length ?? 0);
}
