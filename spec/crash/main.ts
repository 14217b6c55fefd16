// npm run crash: a service on a real broker, killed again and again, or hurt in another way; then every alert is looked for.
import { type Broker, type BrokerOptions, startBroker, startCluster } from "../broker/broker.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { endAll } from "../transports/kafka/kit.ts";
import { crashRounds } from "./rounds.ts";
import type { Outcome, Trial } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const names = SCENARIOS.map(({ name, what }) => `                   ${name.padEnd(21)} ${what}`).join("\n");

const USAGE = `npm run crash -- [--cycles 500] [--brokers 1] [--seed 1] [--scenario NAME] [--short]

  --cycles N       processes are killed with kill -9, with alerts in an open transaction, until that has happened N times. Default 500
  --brokers N      of the cluster for that, 1 to 9. Default 1; scenarios have as many as they need
  --seed S         who is hurt when and how: a whole number. Default 1
  --scenario NAME  hurts the service in another way; can be said several times, \`all\` is all of these:
${names}
  --short          scenarios as short as in CI

Each runs on brokers of its own, with a service of several processes, and ends with a line: how many alerts are missing, twice, or wrong.
The same seed hurts in the same order; what happens at the same moment depends on the machine.
Exits with 0 if nothing is, with 1 if something is or a step was never hit, with 2 if the arguments make no sense, with 130 if it was interrupted.`;

type Command = {
  readonly cycles: number;
  readonly brokers: number;
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly isShort: boolean;
};

const CRASH = "crash";
/** How often it is told how far it is. */
const TELL_EVERY_MS = process.stderr.isTTY ? 1_000 : 15_000;

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ cycles, brokers, seed, scenarios, isShort }: Command): Promise<number> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    console.error("Interrupted: what was done until now is judged. A second time ends it at once.");
    process.once("SIGINT", () => process.exit(130)); // the broker and the processes end with us
    interrupted.abort();
  });
  process.once("SIGTERM", () => process.exit(143));
  let failed = 0;
  for (const name of scenarios) {
    if (interrupted.signal.aborted) break;
    const startedAt = performance.now();
    const again =
      name === CRASH ? `--cycles ${cycles} --brokers ${brokers}` : `--scenario ${name}${isShort ? " --short" : ""}`;
    const outcome = await tryOne(name, { cycles, brokers }, { seed, isShort, signal: interrupted.signal });
    if (!outcome.isGood) failed += 1;
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const verdict = outcome.isGood ? "held" : "FAILED";
    console.log(`${name} ${verdict}, seed ${seed}, ${seconds} s: ${outcome.said}`);
    if (!outcome.isGood) console.log(`again: npm run crash -- ${again} --seed ${seed}`);
  }
  if (interrupted.signal.aborted) return 130;
  return failed === 0 ? 0 : 1;
}

async function tryOne(
  name: string,
  { cycles, brokers }: Pick<Command, "cycles" | "brokers">,
  trial: Omit<Trial, "broker" | "tell">,
): Promise<Outcome> {
  let toldAt = performance.now();
  const tell = (line: string): void => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    console.error(`${name}: ${line}`);
  };
  const started: { readonly stop: () => Promise<void> }[] = [];
  const kept = <Each extends (typeof started)[number]>(each: Each): Each => {
    started.push(each);
    return each;
  };
  try {
    const scenario = SCENARIOS.find((each) => each.name === name);
    const broker = async (options: BrokerOptions = {}): Promise<Broker> => kept(await startBroker(options));
    if (scenario !== undefined) return await scenario.run({ ...trial, tell, broker });
    return await crashRounds({ ...trial, tell, broker: async () => kept(await startCluster({ brokers })) }, cycles);
  } catch (error) {
    return { isGood: false, said: (error as Error).stack ?? String(error) };
  } finally {
    await endAll();
    for (const each of started) await each.stop();
  }
}

/** The command line, or what to say instead of running it. */
function parseCommand(words: string[]): Command | string {
  const text = { type: "string" } as const;
  const options = {
    cycles: text,
    brokers: text,
    seed: text,
    scenario: { ...text, multiple: true },
    short: { type: "boolean" },
  } as const;
  return readWords(
    USAGE,
    words,
    options,
    ({ cycles = "500", brokers = "1", seed = "1", scenario = [], short: isShort = false }) => {
      const known = SCENARIOS.map(({ name }) => name);
      const named = scenario.flatMap((name) => (name === "all" ? known : [name]));
      const unknown = named.find((name) => !known.includes(name));
      if (unknown !== undefined) throw new Error(`There is no scenario "${unknown}", but ${known.join(", ")} and all.`);
      return {
        cycles: wholeNumber("cycles", cycles),
        brokers: wholeNumber("brokers", brokers, 1, 9),
        seed: wholeNumber("seed", seed),
        scenarios: named.length === 0 ? [CRASH] : named,
        isShort,
      };
    },
  );
}
