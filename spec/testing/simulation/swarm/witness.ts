// What is seen of a world in passing: names for the hard places it came to.
import type { Answered } from "../../../../lib/testing/simulation/network.ts";
import type { Situations } from "../situations.ts";
import type { Told } from "./crew.ts";
import type { Harm } from "./story.ts";

/** What the broker refuses, and what that means. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["endTransaction INVALID_PRODUCER_EPOCH", "zombie commit rejected"],
  ["produce INVALID_PRODUCER_EPOCH", "zombie write rejected"],
  ["addPartitions INVALID_PRODUCER_EPOCH", "zombie kept from beginning a transaction"],
  ["produce INVALID_TXN_STATE", "a write behind the end of its transaction rejected"],
  ["produce NOT_ENOUGH_REPLICAS", "a write waited for markers"],
  ["endTransaction INVALID_TXN_STATE", "a commit of nothing rejected"],
  ["addPartitions CONCURRENT_TRANSACTIONS", "a transaction waited for the markers of the one before"],
  ["initProducer CONCURRENT_TRANSACTIONS", "taking over waited until an open transaction was aborted"],
  ["createTopic TOPIC_ALREADY_EXISTS", "two processes made the same topic"],
  ["heartbeat UNKNOWN_MEMBER_ID", "a sleeper found itself out of the group"],
  ["heartbeat REBALANCE_IN_PROGRESS", "the group shared out anew"],
  ["heartbeat ILLEGAL_GENERATION", "a heartbeat of a generation that is over"],
  ["join UNKNOWN_MEMBER_ID", "somebody forgotten joined again"],
  ["sync REBALANCE_IN_PROGRESS", "a share was out of date before it was known"],
  ["commitOffsets UNKNOWN_MEMBER_ID", "positions shown by somebody who is no member"],
  ["commitOffsets ILLEGAL_GENERATION", "positions shown by an older generation"],
  ["commitOffsets REBALANCE_IN_PROGRESS", "positions shown while the group shared out anew"],
]);

/** What processes say of themselves, and what that means. */
const LINES: readonly (readonly [RegExp, string])[] = [
  [/^a checkpoint was not committed and is sent again/, "a checkpoint was not committed and is sent again"],
  [/^a shard is not as this process left it/, "what a shard held was dropped: it was not as the process had left it"],
  [/^taking over the shard failed/, "taking over a shard was tried again"],
  [/^finding out what became of checkpoint/, "finding out what became of a checkpoint was tried again"],
  [/^looking up where the inputs stand failed/, "looking up positions was tried again"],
  [/^old state could not be deleted/, "old state could not be deleted"],
  [/ the runs it had open go on$/, "runs went on under an earlier pattern"],
  [/ its runs are over$/, "runs of an earlier pattern were over"],
  [/ the runs it had open are dropped$/, "runs of an earlier pattern were dropped"],
  [/^records were deleted before they were read/, "a process went on behind input that is gone"],
];

export function sawAnswer(situations: Situations, { call: { api }, fate, isGivenUp, refused }: Answered): void {
  if (refused !== null) {
    const meaning = REFUSALS.get(`${api} ${refused}`);
    if (meaning !== undefined) situations.saw(meaning);
  } else if (api === "deleteRecords") situations.saw("old state was deleted");
  if (api !== "endTransaction") return;
  const isDone = refused === null;
  if (fate.lost === "answer")
    situations.saw(`commit ${isDone ? "happened" : "was refused"} though the answer was lost`);
  else if (isGivenUp) situations.saw(`commit ${isDone ? "happened" : "was refused"} long after it was given up`);
  else if (fate.isDoubled) situations.saw("a commit came twice");
}

/** `isOpen`: whether a transaction of the service was open then. */
export function sawHarm(situations: Situations, api: string, harm: Harm, sessionMs: number): void {
  switch (harm.does) {
    case "lose":
      situations.saw(`lost: the ${harm.what} of ${api}`);
      return;
    case "kill":
      situations.saw(`killed at ${api}`);
      return;
    case "hold":
      situations.saw(`held up: ${api}`);
      return;
    case "double":
      situations.saw(`came twice: ${api}`);
      return;
    default:
      situations.saw(harm.forMs > sessionMs ? "slept for longer than its session" : "slept for a moment");
  }
}

export function sawLines(situations: Situations, told: readonly Told[]): void {
  for (const { message, fields } of told) {
    for (const [pattern, meaning] of LINES) if (pattern.test(message)) situations.saw(meaning);
    const { reason = "", checkpoint } = fields as { readonly reason?: string; readonly checkpoint?: number };
    if (/^Somebody else has taken over/.test(reason)) situations.saw("barrier trimmed under a sleeper");
    if (message !== "a shard was taken over") continue;
    situations.saw(`a shard was taken over ${checkpoint === 0 ? "from its beginning" : "where somebody left it"}`);
  }
}
