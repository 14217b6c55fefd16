// npm run simulate: as many worlds as one likes, on all cores. Prints how far it is; a world that fails is made small and shown with
// the line that plays it again.
import { readWords, runCommand, seedRange, wholeNumber } from "../../run/command-line.ts";
import { Situations } from "./situations.ts";
import { gather, type Played, playAll } from "./swarm/crowd.ts";
import { shrink, tellSmall } from "./swarm/shrink.ts";
import { worldsWith } from "./swarm/worlds.ts";

const USAGE = `npm run simulate -- --seeds A..B [--path P] [--keep-going] [--workers N]

  --seeds A..B    the worlds of these seeds, or of the one seed A. A world is a service of several processes on a model
                  broker in virtual time, which is hurt in all ways and then left alone (spec/testing/simulation/swarm)
  --path P        of one seed, only the smaller story that this leads to
  --keep-going    goes on after a seed that failed, and makes none smaller
  --workers N     as many processes; left out: one for each core

Exits with 0 if in every world each alert was committed once, with 1 if not, with 2 if the arguments make no sense, with 130 if
it was interrupted.`;

type Command = {
  readonly from: number;
  readonly to: number;
  readonly path: string | null;
  readonly keepGoing: boolean;
  readonly workers: number | undefined;
};

/** How often it is told how far it is. */
const TELL_EVERY_MS = process.stderr.isTTY ? 1_000 : 30_000;
/** Of what a failed world says. */
const LONGEST_STORY = 4_000;

await runCommand(USAGE, parseCommand(process.argv.slice(2)), (command) =>
  command.path === null ? run(command) : replay(command.from, command.path),
);

async function run({ from, to, keepGoing, workers }: Command): Promise<number> {
  const situations = new Situations();
  const failed: Played["failed"][number][] = [];
  const began = performance.now();
  let [done, toldAt, isInterrupted] = [0, began, false];
  const crowd = gather(workers);
  process.once("SIGINT", () => {
    isInterrupted = true;
  });
  console.error(`${to - from + 1} worlds, ${crowd.size} at a time`);
  const onPlayed = (played: Played): void => {
    done += played.count;
    failed.push(...played.failed);
    for (const { seed, message } of played.failed)
      console.log(`npm run simulate -- --seeds ${seed}\n${message.slice(0, LONGEST_STORY)}\n`);
    situations.add(played.situations);
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    const perSecond = (1_000 * done) / (toldAt - began);
    const left = Math.ceil((to - from + 1 - done) / perSecond);
    console.error(
      `${done} of ${to - from + 1} worlds, ${failed.length} failed; ${perSecond.toFixed(1)}/s, ${minutes(left)} left`,
    );
  };
  await playAll(crowd, { from, to, isOneEnough: !keepGoing, isOver: () => isInterrupted, onPlayed });
  crowd.close();
  failed.sort((one, other) => one.seed - other.seed);
  const [first] = failed;
  if (first !== undefined && !keepGoing && !isInterrupted) await replay(first.seed, null);
  for (const line of situations.table()) console.log(line);
  const seconds = Math.round((performance.now() - began) / 1_000);
  console.log(`${done} worlds in ${seconds} s, ${failed.length} failed${isInterrupted ? ", interrupted" : ""}`);
  return failed.length > 0 ? 1 : isInterrupted ? 130 : 0;
}

/** Plays the story at the end of the path; without one, looks for the smallest first. */
async function replay(seed: number, path: string | null): Promise<number> {
  const worlds = await worldsWith(null);
  if (path === null) console.log("made smaller:");
  const small = await shrink(seed, (story) => worlds(story, new Situations()), path === null ? undefined : { path });
  console.log(small === null ? "Nothing fails." : `${tellSmall(seed, small).slice(0, LONGEST_STORY)}\n`);
  return small === null ? 0 : 1;
}

function minutes(seconds: number): string {
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** The command line, or what to say instead of running it. */
function parseCommand(words: string[]): Command | string {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const options = { seeds: text, path: text, "keep-going": flag, workers: text };
  return readWords(USAGE, words, options, ({ seeds = "", path = null, "keep-going": keepGoing = false, workers }) => {
    const range = seedRange(seeds);
    if (path !== null && range.from !== range.to) throw new Error("--path takes one seed.");
    return { ...range, path, keepGoing, workers: workers === undefined ? undefined : wholeNumber("workers", workers) };
  });
}
