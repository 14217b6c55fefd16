// npm run bank: replays the worlds that find the planted bugs, or looks for such worlds.
import { parseArgs } from "node:util";
import { runCommand, seedRange } from "../../../run/command-line.ts";
import { BANK } from "./bank.ts";
import { type PlantedBug, whatIsSeen, worldsWith } from "./planted.ts";
import { rowOf, TABLE_HEAD } from "./table.ts";

const USAGE = `npm run bank -- [--find] [--seeds A..B] [name]

  name            only the bugs with this in their name or file
  --find          look for the first world that finds each, instead of replaying the one that is known
  --seeds A..B    where to look; left out: 1..300

Prints the table of spec/README.md, with the seeds that were found. Exits with 0 if every bug was found, with 1 if one was not,
with 2 if the arguments make no sense.`;

type Command = { readonly find: boolean; readonly from: number; readonly to: number; readonly name: string };

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run(command: Command): Promise<number> {
  let missed = 0;
  const bugs = BANK.filter(({ name, file }) => `${name} ${file}`.includes(command.name));
  if (bugs.length === 0) console.error(`No planted bug has "${command.name}" in its name or file.`);
  for (const line of TABLE_HEAD) console.log(line);
  for (const bug of bugs) {
    const found = await look(bug, command);
    if (found === null) missed += 1;
    console.log(found === null ? `not found: ${bug.name}` : rowOf({ ...bug, seed: found.seed }, found.seen));
  }
  return missed === 0 && bugs.length > 0 ? 0 : 1;
}

async function look(bug: PlantedBug, { find, from, to }: Command): Promise<{ seed: number; seen: string } | null> {
  const worlds = await worldsWith(bug);
  const [first, last] = find ? [from, to] : [bug.seed, bug.seed];
  for (let seed = first; seed <= last; seed += 1) {
    const seen = await whatIsSeen(worlds, seed);
    if (seen !== null) return { seed, seen };
  }
  return null;
}

/** The command line, or what to say instead of running it. */
function parseCommand(argv: string[]): Command | string {
  try {
    const options = {
      seeds: { type: "string", default: "1..300" },
      find: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    } as const;
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    if (values.help) return USAGE;
    return { find: values.find, ...seedRange(values.seeds), name: positionals.join(" ") };
  } catch (error) {
    return `${(error as Error).message}\n\n${USAGE}`;
  }
}
