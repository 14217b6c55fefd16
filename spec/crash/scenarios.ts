// All scenarios, in the order in which the command runs them.
import type { Scenario } from "./scenario.ts";
import { brokerKilled } from "./scenarios/broker-killed.ts";
import { damaged } from "./scenarios/damaged.ts";
import { diskFull } from "./scenarios/disk-full.ts";
import { foreign } from "./scenarios/foreign.ts";
import { joins } from "./scenarios/joins.ts";
import { leaders, leadersAtLeastOnce } from "./scenarios/leaders.ts";
import { lost } from "./scenarios/lost.ts";
import { retention } from "./scenarios/retention.ts";
import { sleeping } from "./scenarios/sleep.ts";
import { tooLarge } from "./scenarios/too-large.ts";

export const SCENARIOS: readonly Scenario[] = [
  sleeping,
  brokerKilled,
  leaders,
  leadersAtLeastOnce,
  lost,
  joins,
  foreign,
  retention,
  tooLarge,
  diskFull,
  damaged,
];
