// All scenarios.
import { ENDINGS } from "./scenarios/endings.ts";
import { FENCING } from "./scenarios/fencing.ts";
import { GROUPS } from "./scenarios/groups.ts";
import { OFFSETS } from "./scenarios/offsets.ts";
import { PRODUCING } from "./scenarios/producing.ts";
import { READING } from "./scenarios/reading.ts";
import { TOPICS } from "./scenarios/topics.ts";
import { TRANSACTIONS } from "./scenarios/transactions.ts";
import type { Scenario } from "./stage.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...TRANSACTIONS,
  ...FENCING,
  ...ENDINGS,
  ...PRODUCING,
  ...READING,
  ...TOPICS,
  ...GROUPS,
  ...OFFSETS,
];
