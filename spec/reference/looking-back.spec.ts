// The matcher says what the reference says where conditions are about earlier events: on the value of one step, on what several
// steps took, on all of it; and when it lets go of what is dead at every turn.

import { suite } from "uvu";
import { allowMs } from "../run/ask.ts";
import { compareMany } from "./compare-many.ts";
import { lookingBack } from "./looking-back.ts";

allowMs(600_000);

const it = suite("matcher and reference, looking back");

it("says what the reference says", () => {
  compareMany(5_000, 3_000_000, lookingBack);
});

it("says so when it forgets its states and lets go of what is dead at every turn", () => {
  compareMany(3_000, 4_000_000, (comparison, seed) => ({ ...lookingBack(comparison, seed), isTiny: true }));
});

it.run();
