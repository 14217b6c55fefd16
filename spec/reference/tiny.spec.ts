// The matcher says what the reference says when it forgets its states and lets go of what is dead at every turn.

import { suite } from "uvu";
import { allowMs } from "../run/ask.ts";
import { compareMany } from "./compare-many.ts";

allowMs(600_000);

const it = suite("matcher and reference, forgetful");

it("says what the reference says", () => {
  compareMany(20_000, 2_000_000, (comparison) => ({ ...comparison, isTiny: true }));
});

it.run();
