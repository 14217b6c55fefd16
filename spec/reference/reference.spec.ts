// The matcher says what the reference says, on 30,000 random pairs of a pattern and a stream here and 20,000 in tiny.spec.ts; a
// million and more are a command, `npm run reference`.

import { suite } from "uvu";
import { allowMs } from "../run/ask.ts";
import { compareMany } from "./compare-many.ts";

allowMs(600_000);

const it = suite("matcher and reference");

it("says what the reference says", () => {
  compareMany(30_000, 1_000_000, (comparison) => comparison);
});

it.run();
