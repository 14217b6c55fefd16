// What was recorded of a real broker is what it still shows.
import * as assert from "uvu/assert";
import { requireBroker } from "../../broker/require-broker.ts";
import { playOnRealBroker, REAL_SETTINGS } from "./play.ts";
import { connectToRealBroker } from "./real-broker.ts";
import { readTranscripts } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

const broker = await requireBroker({ settings: REAL_SETTINGS });
const it = broker.suite("scenarios on a real broker");
const recorded = readTranscripts();
const seen = new Map<string, readonly string[]>();

it.before(async () => {
  const wire = connectToRealBroker(broker.address);
  await playOnRealBroker(SCENARIOS, wire.ask, ({ name }, lines) => seen.set(name, lines));
  await wire.close();
});

for (const { name } of SCENARIOS) {
  it(name, () => assert.equal(seen.get(name), recorded.get(name)));
}

it.run();
