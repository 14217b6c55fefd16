// Plays the scenarios on a real broker and keeps what it shows: node --conditions=sequitur-source --import tsx spec/testing/simulation/record.ts
// With a version of Kafka behind it, as in record.ts 3.9.2, it only says where that differs from the model.
import { mkdirSync, writeFileSync } from "node:fs";
import { startBroker } from "../../broker/broker.ts";
import { KAFKA_VERSIONS } from "../../broker/install.ts";
import { playOnModel, playOnRealBroker, REAL_SETTINGS } from "./play.ts";
import { connectToRealBroker } from "./real-broker.ts";
import { RECORDED_FILE, transcriptsText } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

const [first = "", second = ""] = process.argv.slice(2);
const version = KAFKA_VERSIONS.find((each) => each === first);
const part = version === undefined ? first : second;
const broker = await startBroker({ settings: REAL_SETTINGS, ...(version === undefined ? {} : { version }) });
const wire = connectToRealBroker(broker.address);
const began = Date.now();
const seen = new Map<string, readonly string[]>();
const chosen = SCENARIOS.filter(({ name }) => name.includes(part));
await playOnRealBroker(chosen, wire.ask, ({ name }, lines) => seen.set(name, lines));
console.log(`${seen.size} scenarios in ${Date.now() - began} ms`);
for (const scenario of chosen) await compare(scenario.name, await playOnModel(scenario, 1));
if (part === "" && version === undefined) {
  mkdirSync(new URL(".", RECORDED_FILE), { recursive: true });
  writeFileSync(RECORDED_FILE, transcriptsText(new Map(chosen.map(({ name }) => [name, seen.get(name) ?? []]))));
}
await wire.close();
await broker.stop();

/** Where the two differ the model is to be mended. */
async function compare(name: string, { lines }: { readonly lines: readonly string[] }): Promise<void> {
  const real = seen.get(name) ?? [];
  if (lines.join("\n") === real.join("\n")) return;
  console.log(`\n# ${name}`);
  for (let at = 0; at < Math.max(lines.length, real.length); at += 1) {
    if (lines[at] === real[at]) console.log(`  ${lines[at]}`);
    else console.log(`- model: ${lines[at]}\n+ real:  ${real[at]}`);
  }
}
