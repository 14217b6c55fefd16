// Which release had which part of the input, as the checkpoints tell: between the last of one release and the first of the next nothing was
// matched, so an event was matched under the one or under the other.
//
//     checkpoints of a shard   2 · 2 · 2 · 3 · 3 · 5
//                                      ▲       ▲
//                                  boundaries: the lanes as release 2, and then 3, left them
import type { TimedEvent } from "../../../../lib/matching/matcher.ts";
import type { Checkpoint, SavedLane } from "../../../../lib/state/checkpoint.ts";
import type { ModelBroker } from "../../../../lib/testing/simulation/broker.ts";
import { restoreInstant } from "../../../../lib/time/instant.ts";
import { checkpointsOf } from "./state.ts";
import type { Service } from "./story.ts";

/** Where a lane was given over. */
export type Boundary = { readonly lane: SavedLane; readonly release: number };

/** `null`: nobody has saved anything. */
export type LaneHistory = { readonly first: number; readonly boundaries: readonly Boundary[] } | null;

export type History = {
  /** To be called before anything is deleted of the state of a shard, and before it is asked. Never fails. */
  look(shard: number): Promise<void>;
  ofLane(lane: number): LaneHistory;
  /** How many releases took over from others, over all shards. */
  readonly handovers: number;
};

export function createHistory(broker: ModelBroker, service: Service): History {
  const known = Array.from({ length: service.shards }, () => new Map<number, Checkpoint>());
  const inOrder = (shard: number): readonly Checkpoint[] =>
    [...(known[shard]?.values() ?? [])].sort((one, other) => one.seq - other.seq);
  const handoversOf = (shard: number): readonly (readonly [Checkpoint, Checkpoint])[] => {
    const all = inOrder(shard);
    return all.flatMap((each, index) => {
      const before = all[index - 1];
      return before === undefined || before.release === each.release ? [] : [[before, each] as const];
    });
  };
  return {
    look: async (shard) => {
      // What cannot be read is found out by those whose work that is.
      const read = await checkpointsOf(broker, service, shard).catch(() => []);
      for (const checkpoint of read) known[shard]?.set(checkpoint.seq, checkpoint);
    },
    ofLane(lane) {
      const shard = lane % service.shards;
      const [first] = inOrder(shard);
      if (first === undefined) return null;
      const boundaries = handoversOf(shard).flatMap(([{ lanes }, { release }]) =>
        lanes.filter(({ partition }) => partition === lane).map((saved) => ({ lane: saved, release })),
      );
      return { first: first.release, boundaries };
    },
    get handovers() {
      return known.reduce((sum, _, shard) => sum + handoversOf(shard).length, 0);
    },
  };
}

/** Whether an event was dealt with before the boundary: read, and not waiting for its turn. */
export function isBefore({ lane }: Boundary, { at, origin }: TimedEvent): boolean {
  const input = lane.inputs.find(({ topic }) => topic === origin.topic);
  if (input === undefined || input.from === null || input.next === null) return false;
  const isSettled = origin.offset < BigInt(input.from);
  return isSettled || (origin.offset < BigInt(input.next) && at <= restoreInstant(lane.released));
}
