// Exactly once under everything at once, on the model broker: half of the worlds that every change has to pass. The other half is
// beside it, so that two cores work.
import { suite } from "uvu";
import { allowMs, note } from "../../../run/ask.ts";
import { passWorlds } from "./campaign.ts";

const it = suite("worlds from 1 on");
/** Some minutes; more where a machine is busy. */
allowMs(1_500_000);

it("commits every alert once, in each of them", async () => {
  note(await passWorlds({ from: 1, to: 10_000 }));
});

it.run();
