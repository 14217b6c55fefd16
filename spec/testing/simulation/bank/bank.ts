// All planted bugs, in the order of the table.
import { LANE_BUGS } from "./lane-bugs.ts";
import type { PlantedBug } from "./planted.ts";
import { SHARD_BUGS } from "./shard-bugs.ts";
import { STATE_BUGS } from "./state-bugs.ts";

export const BANK: readonly PlantedBug[] = [...SHARD_BUGS, ...STATE_BUGS, ...LANE_BUGS];
