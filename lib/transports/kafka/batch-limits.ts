// How many bytes brokers take at once of the records of a partition. A topic's max.message.bytes holds for a whole batch, and nobody has
// to tell us what it is. So what is refused is sent in halves from then on, until it fits or a single record does not.
//
//     a b c d e f  refused ─▶ a b c │ d e f  refused ─▶ a │ b c │ …        of that topic, for as long as the process runs

import { ConfigError, TransportError } from "../../core/errors.ts";
import { bytesOf } from "../../runtime/outbox.ts";
import type { Log } from "../../runtime/ports.ts";
import type { PlacedRecord } from "../../runtime/shard-ports.ts";

/** Shared by all who write from one process. */
export interface BatchLimits {
  /**
   * The first of `records` that go in one request: in order, and of each partition no more than its topic takes at once. At least one.
   * Cost: those.
   */
  first(records: readonly PlacedRecord[]): readonly PlacedRecord[];
  /** Brokers refused these, as too large. Whether fewer at once may do: then `first` gives fewer of those topics from now on. */
  refused(records: readonly PlacedRecord[]): boolean;
}

export function createBatchLimits(log: Log): BatchLimits {
  /** By topic; those that are not here take whatever comes. */
  const most = new Map<string, number>();
  return {
    first(records) {
      const bytes = new Map<string, number>();
      const end = records.findIndex((each, index) => {
        const sum = add(bytes, each);
        return (
          index > 0 && sum > bytesOf(each.record) && sum > (most.get(each.record.topic) ?? Number.POSITIVE_INFINITY)
        );
      });
      return end < 0 ? records : records.slice(0, end);
    },
    refused(records) {
      const largest = new Map<string, number>();
      const bytes = new Map<string, number>();
      for (const each of records) {
        const sum = add(bytes, each);
        const { topic } = each.record;
        if (sum > bytesOf(each.record) && sum > (largest.get(topic) ?? 0)) largest.set(topic, sum);
      }
      for (const [topic, sum] of largest) {
        const half = Math.floor(sum / 2);
        most.set(topic, half);
        log("info", "brokers found records too large together; fewer are sent at once", { topic, bytes: half });
      }
      return largest.size > 0;
    },
  };
}

/** Adds a record to what its partition gets; how much that is then. */
function add(bytes: Map<string, number>, { record, partition }: PlacedRecord): number {
  const place = `${partition}:${record.topic}`;
  const sum = (bytes.get(place) ?? 0) + bytesOf(record);
  bytes.set(place, sum);
  return sum;
}

/** Whether brokers found something that was written too large, be it by itself or with others. */
export function isTooLarge(error: unknown): error is ConfigError {
  return error instanceof ConfigError && error.code === "MESSAGE_TOO_LARGE";
}

/** Nothing of the transaction is seen; the same in smaller batches may be. */
export function tooLargeTogether(cause: Error): TransportError {
  const message = `The brokers do not take so many records at once; they are sent again in smaller batches. ${cause.message}`;
  return new TransportError("TOO_LARGE_TOGETHER", message, { cause, retriable: true });
}
