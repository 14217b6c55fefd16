// The same pattern as it was first written. It has a mistake, which the examples do not show.

import { pattern } from "sequitur";
import type { Reading } from "./pattern.ts";

// biome-ignore format: one line is one step
export const firstTry = pattern<Reading>("warming-up")
  .begin("climb").times(4).consecutive().where((e, m) => m.climb.length.eq(0).or(e.celsius.gt(m.climb.first().celsius)))
  .within("30m")
  .skip("pastLast")
  .select(({ climb }) => ({ room: climb[0].room, from: climb[0].celsius, to: climb[3].celsius }));
