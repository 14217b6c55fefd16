// The model broker shows what a real one showed, whatever the seed.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../../run/ask.ts";
import { playOnModel } from "./play.ts";
import { readTranscripts } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Each draws other delays, and another order of what happens at the same time. */
const SEEDS = [1, 2, 3, 4, 5];

const it = suite("scenarios on the model");
const recorded = readTranscripts();

it("has a transcript of each scenario, and none besides", () => {
  assert.equal(
    [...recorded.keys()],
    SCENARIOS.map(({ name }) => name),
  );
  note(`${SCENARIOS.length} scenarios of what a broker does, equal on the model and on a real broker`);
});

for (const scenario of SCENARIOS) {
  it(scenario.name, async () => {
    for (const seed of SEEDS) {
      const { lines, traceHash } = await playOnModel(scenario, seed);
      assert.equal(lines, recorded.get(scenario.name), `seed ${seed}`);
      assert.is((await playOnModel(scenario, seed)).traceHash, traceHash, `seed ${seed} twice`);
    }
  });
}

it.run();
