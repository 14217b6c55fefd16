// A batch that cannot be read, as an error: what, where, and what to do.

import { TransportError, unreachable } from "../../core/errors.ts";
import type { BatchFailure } from "./record-batch.ts";

/** Where a batch was fetched from. */
export type BatchPlace = { readonly topic: string; readonly partition: number; readonly fetchedOffset: string };

/** `CORRUPT_BATCH`, `CODEC_MISSING` or `BATCH_TOO_LARGE`, naming topic, partition and offset. */
export function batchError({ kind, offset, reason }: BatchFailure, place: BatchPlace): TransportError {
  const where = `partition ${place.partition} of topic "${place.topic}" at offset ${offset ?? place.fetchedOffset}`;
  switch (kind) {
    case "corrupt":
      return new TransportError(
        "CORRUPT_BATCH",
        `The batch in ${where} cannot be read: ${reason}. It is asked for again, which helps if it was damaged on its way; ` +
          "otherwise move the group past it with kafka-consumer-groups.sh --reset-offsets, and lose its records.",
        { retriable: true },
      );
    case "codecMissing":
      return new TransportError("CODEC_MISSING", `The batch in ${where} cannot be read: ${reason}`, {
        retriable: false,
      });
    case "tooLarge":
      return new TransportError(
        "BATCH_TOO_LARGE",
        `The batch in ${where} cannot be read: ${reason}. Have its producer write smaller batches.`,
        { retriable: false },
      );
    default:
      return unreachable(kind);
  }
}
