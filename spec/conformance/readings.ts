// The ways in which Flink reads patterns otherwise than they are written.

import type { Reading } from "./definition.ts";
import { withoutLostAbsences } from "./reasons-absence.ts";
import { withoutMisplacedGaps } from "./reasons-gap.ts";
import { withoutLastGreed, withoutLostGreed } from "./reasons-greedy.ts";
import { withEmptyIterations, withOpenExits, withOverwrittenHeads, withoutOuterUntils } from "./reasons-group.ts";

export const READINGS: readonly Reading[] = [
  withEmptyIterations,
  withOpenExits,
  withOverwrittenHeads,
  withoutOuterUntils,
  withoutLostAbsences,
  withoutLostGreed,
  withoutLastGreed,
  withoutMisplacedGaps,
];
