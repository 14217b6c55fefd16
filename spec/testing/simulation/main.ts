// npm run simulate: more worlds than every change has to pass. Prints how far it is, and each seed that fails, with how to repeat it.
import { parseArgs } from "node:util";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import { runCommand, seedRange } from "../../run/command-line.ts";
import { Situations } from "./situations.ts";
import { swarm } from "./swarm.ts";

const USAGE = `npm run simulate -- --seeds A..B [--guarantee at-least-once] [--keep-going]

  --seeds A..B    the worlds of these seeds, or of the one seed A. A world is a service of several processes on a model
                  broker in virtual time, which is hurt in all ways and then left alone (spec/testing/simulation/swarm.ts)
  --guarantee G   exactly-once, or at-least-once: then an alert may be there again, but never be missing
  --keep-going    goes on after a seed that failed

Exits with 0 if in every world each alert was committed once, with 1 if not, with 2 if the arguments make no sense.`;

type Command = {
  readonly from: number;
  readonly to: number;
  readonly guarantee: Guarantee;
  readonly keepGoing: boolean;
};

/** How often it is told how far it is. */
const TELL_EVERY_MS = process.stderr.isTTY ? 1_000 : 30_000;
/** Of what a failed world says. */
const LONGEST_STORY = 4_000;

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ from, to, guarantee, keepGoing }: Command): Promise<number> {
  const situations = new Situations();
  const began = performance.now();
  let toldAt = began;
  let failed = 0;
  let seed = from;
  for (; seed <= to; seed += 1) {
    try {
      await swarm(seed, situations, guarantee);
    } catch (error) {
      failed += 1;
      console.log(
        `npm run simulate -- --guarantee ${guarantee} --seeds ${seed}\n${(error as Error).message.slice(0, LONGEST_STORY)}\n`,
      );
      if (!keepGoing) break;
    }
    if (performance.now() - toldAt < TELL_EVERY_MS) continue;
    toldAt = performance.now();
    console.error(`${seed - from + 1} of ${to - from + 1} worlds, ${failed} failed`);
  }
  const worlds = Math.min(seed, to) - from + 1;
  for (const line of situations.table()) console.log(line);
  console.log(`${worlds} worlds in ${Math.round((performance.now() - began) / 1_000)} s, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The command line, or what to say instead of running it. */
function parseCommand(argv: string[]): Command | string {
  try {
    const options = {
      seeds: { type: "string" },
      guarantee: { type: "string", default: "exactly-once" },
      "keep-going": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    } as const;
    const { values } = parseArgs({ args: argv, options });
    if (values.help) return USAGE;
    const { guarantee } = values;
    if (guarantee !== "exactly-once" && guarantee !== "at-least-once")
      throw new Error(`There is no guarantee "${guarantee}".`);
    return { ...seedRange(values.seeds ?? ""), guarantee, keepGoing: values["keep-going"] };
  } catch (error) {
    return `${(error as Error).message}\n\n${USAGE}`;
  }
}
