// Where reading of a partition begins: where the group stands, if it stands anywhere, and if the log still has it.
//
//     log        first ────────────── end
//     position          │                   go on there
//     position   │      first               records are lost that nobody has read
//     position                     end   │  the topic was made anew: what it says now was never read
//     none                                  startFrom

import { TransportError } from "../../core/errors.ts";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { KafkaDefinition } from "./options.ts";
import type { Bounds } from "./topics.ts";

/** Where to begin, and how many records are known to be lost before it. */
export type Beginning = { readonly position: bigint; readonly lost: bigint };

/**
 * @param position what is wanted: the position of the group, or where reading stands; `null` if there is none.
 * @throws {TransportError} `DATA_LOST` if the log does not have it any more and the service is to stop then.
 */
export function beginningOf(
  place: TopicPartition,
  position: bigint | null,
  bounds: Bounds,
  { startFrom, onDataLoss, groupId }: Pick<KafkaDefinition, "startFrom" | "onDataLoss" | "groupId">,
): Beginning {
  const { first, end } = bounds;
  if (position === null) return { position: startFrom === "earliest" ? first : end, lost: 0n };
  if (position >= first && position <= end) return { position, lost: 0n };
  if (onDataLoss === "fail") throw dataLost(place, position, bounds, groupId);
  return { position: first, lost: position < first ? first - position : 0n };
}

function dataLost(
  { topic, partition }: TopicPartition,
  position: bigint,
  { first, end }: Bounds,
  group: string,
): TransportError {
  const where = `partition ${partition} of "${topic}"`;
  const what =
    position < first
      ? `Records ${position} to ${first - 1n} of ${where} were deleted before they were read: the log begins at ${first}.`
      : `The log of ${where} ends at ${end}, but reading stands at ${position}: the topic was deleted and made anew, or records were lost.`;
  const message =
    `${what} Alerts may be missing, so the service stops. To go on with what is there, set kafka.onDataLoss to "continue" ` +
    `or move the positions of group "${group}"; to lose nothing next time, keep records longer (retention.ms) than the service may be down.`;
  return new TransportError("DATA_LOST", message, { retriable: false });
}
