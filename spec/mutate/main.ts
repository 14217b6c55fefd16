// npm run mutate: how many small changes to a room of lib its specs notice. What they do not notice is shown: it makes no difference,
// or a test is missing.
import { availableParallelism } from "node:os";
import { openFolder } from "../run/bundle.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { type Mutant, mutantsOf, sampleOf, show } from "./mutants.ts";
import { ROOMS, type Room, sourcesOf } from "./rooms.ts";
import { openTrial, type Trial, type Verdict } from "./trial.ts";
import { endTries } from "./try-specs.ts";

const NAMES = ROOMS.map(({ name }) => name);

const USAGE = `npm run mutate -- --room ${NAMES.join("|")} [--sample 100] [--seed 1] [--at FILE[:LINE]] [--workers N]

  --room ROOM       whose code is changed, and whose specs have to notice it
  --sample N        so many of its mutants, drawn by chance. Default 100
  --seed S          which: a whole number. Default 1
  --at FILE[:LINE]  instead: all mutants in files of the room whose path ends so, or in that line of them
  --workers N       as many at a time; left out: one for each core

A mutant is one small change: a comparison turned round, a block left out. Each is tried with the specs of the room in a process of its
own, the spec of the changed file first, up to the first test that fails. One after which a test takes ten times as long is noticed, too.
Exits with 0 when all were tried, with 1 if the specs do not hold without a change, with 2 if the arguments make no sense, with 130 if it
was interrupted.`;

type Command = {
  readonly room: Room;
  readonly size: number;
  readonly seed: number;
  readonly at: string | null;
  readonly workers: number;
};

/** How often it is told how far it is. */
const TELL_EVERY_MS = process.stderr.isTTY ? 1_000 : 30_000;

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run(command: Command): Promise<number> {
  const folder = openFolder("mutate");
  let isInterrupted = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      isInterrupted = true;
      endTries();
    });
  try {
    return await tryAll(command, folder.path, () => isInterrupted);
  } finally {
    folder.remove();
  }
}

async function tryAll(command: Command, folder: string, isInterrupted: () => boolean): Promise<number> {
  const { room, size, seed, at } = command;
  const all = await mutantsOf(sourcesOf(room));
  const chosen = at === null ? sampleOf(all, size, seed) : all.filter((mutant) => isAt(mutant, at));
  if (chosen.length === 0) {
    console.error(`The room ${room.name} has no mutant at ${at}.`);
    return 2;
  }
  console.error(`${chosen.length} of ${all.length} mutants; first the specs run with nothing changed`);
  const trial = await openTrial(room, folder);
  if (typeof trial === "string") {
    if (isInterrupted()) return 130;
    console.error(`Without a change the specs of ${room.name} do not hold: ${trial}`);
    return 1;
  }
  const verdicts = await judge(chosen, trial, command.workers, isInterrupted);
  report(verdicts);
  const drawn = at === null ? `${size} of ${all.length} mutants, seed ${seed}` : `${chosen.length} mutants at ${at}`;
  console.log(`${room.name}: ${drawn}: ${scoreOf(verdicts)}${isInterrupted() ? ", interrupted" : ""}`);
  return isInterrupted() ? 130 : 0;
}

type Judged = { readonly mutant: Mutant; readonly verdict: Verdict };

async function judge(
  mutants: readonly Mutant[],
  trial: Trial,
  workers: number,
  isInterrupted: () => boolean,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const waiting = mutants.values();
  const began = performance.now();
  let toldAt = began;
  const work = async (): Promise<void> => {
    for (const mutant of waiting) {
      if (isInterrupted()) return;
      const verdict = await trial(mutant);
      if (isInterrupted()) return;
      judged.push({ mutant, verdict });
      if (performance.now() - toldAt < TELL_EVERY_MS) continue;
      toldAt = performance.now();
      const left = Math.ceil((((toldAt - began) / judged.length) * (mutants.length - judged.length)) / 1_000);
      const line = `${judged.length} of ${mutants.length} mutants, ${unnoticed(judged).length} not noticed; ${left} s left`;
      process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return judged;
}

function report(judged: readonly Judged[]): void {
  const order = (one: Judged, other: Judged): number =>
    one.mutant.file.localeCompare(other.mutant.file) || one.mutant.from - other.mutant.from;
  for (const { mutant } of [...unnoticed(judged)].sort(order)) console.log(show(mutant));
  console.log();
}

function scoreOf(judged: readonly Judged[]): string {
  const tried = judged.filter(({ verdict }) => verdict.kind !== "no code");
  const stuck = judged.filter(({ verdict }) => verdict.kind === "stuck").length;
  const noticed = tried.length - unnoticed(judged).length;
  const percent = tried.length === 0 ? "" : ` (${((100 * noticed) / tried.length).toFixed(1)} %)`;
  return `${noticed} of ${tried.length} noticed${percent}, ${stuck} of them because nothing went on`;
}

function unnoticed(judged: readonly Judged[]): readonly Judged[] {
  return judged.filter(({ verdict }) => verdict.kind === "held");
}

function isAt({ file, line }: Mutant, at: string): boolean {
  const [, path = at, number] = /^(.*?)(?::(\d+))?$/.exec(at) ?? [];
  return file.endsWith(path) && (number === undefined || line === Number(number));
}

function parseCommand(words: string[]): Command | string {
  const text = { type: "string" } as const;
  const options = { room: text, sample: text, seed: text, at: text, workers: text };
  return readWords(USAGE, words, options, ({ room: name, sample = "100", seed = "1", at = null, workers }) => {
    const room = ROOMS.find((each) => each.name === name);
    if (room === undefined) throw new Error(`--room takes ${NAMES.join(", ")}, not "${name ?? ""}".`);
    return {
      room,
      size: wholeNumber("sample", sample),
      seed: wholeNumber("seed", seed),
      at,
      workers: workers === undefined ? availableParallelism() : wholeNumber("workers", workers),
    };
  });
}
