// Of several who ask for a turn, each gets one in each round, and between two turns waiting I/O has had its own.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTurns } from "../../lib/runtime/turns.ts";

const it = suite("turns");

it("are given one at a time, in order, with a breath before each", async () => {
  const said: string[] = [];
  const breathe = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        said.push("breath");
        resolve();
      });
    });
  const turns = createTurns({ breathe });
  const work = async (name: string, slices: number): Promise<void> => {
    for (let slice = 1; slice <= slices; slice += 1) {
      await turns.next();
      said.push(`${name}${slice}`);
    }
  };
  await Promise.all([work("a", 3), work("b", 2), work("c", 1)]);
  assert.is(said.join(" "), "breath a1 breath b1 breath c1 breath a2 breath b2 breath a3");
});

it.run();
