// npm run bank: replays the worlds that find the planted bugs, or looks for such worlds.
import { readFileSync, writeFileSync } from "node:fs";
import { readWords, runCommand, seedRange, wholeNumber } from "../../../run/command-line.ts";
import { type Crowd, gather } from "../swarm/crowd.ts";
import { BANK } from "./bank.ts";
import { freshSeeds } from "./fresh.ts";
import { findBug, type PlantedBug } from "./planted.ts";
import { rowOf, TABLE_HEAD, withSeed, withTable } from "./table.ts";

const USAGE = `npm run bank -- [--find | --fresh] [--seeds A..B] [--write] [--workers N] [name]

  name            only the bugs with this in their name or file
  --find          look for the first world that finds each, instead of replaying the one that is known
  --fresh         look among 200 seeds that are others with every change of lib
  --seeds A..B    where to look; left out: 1..5000
  --workers N     as many processes; left out: one for each core
  --write         with --find, of all bugs: writes the seeds into the bank, and the table into spec/README.md

Prints the table of spec/README.md, with the seeds that were found. Exits with 0 if every bug was found, with 1 if one was not,
with 2 if the arguments make no sense.`;

type Range = { readonly from: number; readonly to: number };
/** `look`: where; `null`: at the seed of each. */
type Command = {
  readonly look: Range | null;
  readonly write: boolean;
  readonly name: string;
  readonly workers: number | undefined;
};
type Found = { readonly bug: PlantedBug; readonly seen: string };

const FRESH = 200;
const PARTS = ["shard-bugs.ts", "state-bugs.ts", "lane-bugs.ts"];

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ look, write, name, workers }: Command): Promise<number> {
  const bugs = BANK.filter((bug) => `${bug.name} ${bug.file}`.includes(name));
  if (bugs.length === 0) console.error(`No planted bug has "${name}" in its name or file.`);
  const crowd = gather(workers);
  for (const line of TABLE_HEAD) console.log(line);
  const found = await Promise.all(bugs.map((bug) => findAndTell(crowd, bug, look ?? { from: bug.seed, to: bug.seed })));
  crowd.close();
  const all = found.flatMap((each) => each ?? []);
  if (write && all.length === BANK.length) save(all);
  return all.length === bugs.length && bugs.length > 0 ? 0 : 1;
}

async function findAndTell(crowd: Crowd, bug: PlantedBug, range: Range): Promise<Found | null> {
  const found = await findBug(crowd, bug, range);
  const known = found === null ? null : { bug: { ...bug, seed: found.seed }, seen: found.seen };
  console.log(known === null ? `not found: ${bug.name}` : rowOf(known.bug, known.seen));
  return known;
}

function save(found: readonly Found[]): void {
  for (const part of PARTS) {
    const path = new URL(part, import.meta.url);
    const text = found.reduce((text, { bug }) => withSeed(text, bug.name, bug.seed), readFileSync(path, "utf8"));
    writeFileSync(path, text);
  }
  const readme = new URL("../../../README.md", import.meta.url);
  writeFileSync(
    readme,
    withTable(
      readFileSync(readme, "utf8"),
      found.map(({ bug, seen }) => rowOf(bug, seen)),
    ),
  );
}

function parseCommand(words: string[]): Command | string {
  const [text, flag] = [{ type: "string" }, { type: "boolean", default: false }] as const;
  const options = { seeds: text, workers: text, find: flag, fresh: flag, write: flag };
  return readWords(
    USAGE,
    words,
    options,
    ({ find, fresh, write, seeds, workers }, names) => {
      const name = names.join(" ");
      if (write && !(find && name === "")) throw new Error("--write goes with --find, of all bugs.");
      if (fresh && (find || seeds !== undefined)) throw new Error("--fresh has seeds of its own.");
      const range = seedRange(seeds ?? "1..5000");
      return {
        look: fresh ? freshSeeds(FRESH) : find ? range : null,
        write,
        name,
        workers: workers === undefined ? undefined : wholeNumber("workers", workers),
      };
    },
    true,
  );
}
