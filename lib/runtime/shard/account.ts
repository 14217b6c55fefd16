// What this process has counted, over all its shards. Each shard has counts of its own, which are saved with it and go on wherever it is
// restored: taken as they are, a process that is given a shard would seem to have done at once all that others ever did.

import type { Lane, LaneConfig } from "../lane.ts";
import { addTallies, countersOf, emptyTally, retire, since, type Tally, tallyOf } from "../tally.ts";

export interface Account {
  /** These lanes were restored: what they count now others have done. */
  begin(lanes: readonly Lane[]): void;
  /** They are no longer ours. Their counts stay, but for what they hold. Does nothing for lanes that were not begun. */
  end(lanes: readonly Lane[]): void;
  tally(): Tally;
}

export function createAccount(config: LaneConfig): Account {
  const begun = new Map<Lane, Tally>();
  let ended = emptyTally(config);
  return {
    begin(lanes) {
      for (const lane of lanes) begun.set(lane, countersOf(lane));
    },
    end(lanes) {
      for (const lane of lanes) {
        const before = begun.get(lane);
        if (before !== undefined) ended = addTallies(ended, retire(since(before, tallyOf(lane))));
        begun.delete(lane);
      }
    },
    tally: () => [...begun].reduce((sum, [lane, before]) => addTallies(sum, since(before, tallyOf(lane))), ended),
  };
}
