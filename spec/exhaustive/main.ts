// npm run exhaustive: searches larger than what every change has to pass. Prints how far it is, stops at the first
// disagreement, and shows the smallest case of its kind.

import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { newTally, type Plan, showTally, type Tally, tryOut } from "./campaign.ts";
import { countSubjects, type Range, sampleSubjects, subjects } from "./subjects.ts";

const USAGE = `npm run exhaustive -- [--operators 3] [--length 6] [--sample N [--seed S]] [--skips] [--core] [--every-stream]

  --operators N    patterns with exactly N operators (spec/exhaustive/shapes.ts says what counts as one). Default 3
  --length N       streams of up to N events. Default 6
  --sample N       N of the patterns, each as likely as any other, instead of all
  --seed S         which ones: a whole number. Default 1
  --skips          with every skip strategy, eager and ordered; default without any
  --core           without maxGap, for and steps on two types of events
  --every-stream   leaves no stream out, even if nothing is open any more

Exits with 0 if matcher and enumerator agree everywhere, with 1 at the first disagreement, with 2 if the arguments make
no sense, with 130 if it was interrupted.`;

type Command = { readonly range: Range; readonly plan: Plan; readonly sample: number | null; readonly seed: number };

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ range, plan, sample, seed }: Command): Promise<number> {
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
  });
  const total = sample ?? countSubjects(range);
  const tally = newTally();
  const progress = startProgress(total, tally);
  let done = 0;
  for (const subject of sample === null ? subjects(range) : sampleSubjects(range, sample, seed)) {
    const disagreement = tryOut(subject, plan, tally);
    done += 1;
    if (disagreement !== null || isInterrupted) {
      progress.end(done);
      console.log(disagreement ?? "Interrupted; no disagreement so far.");
      return disagreement === null ? 130 : 1;
    }
    if (progress.isDue()) {
      progress.show(done);
      await new Promise((resume) => setImmediate(resume)); // Lets an interrupt in.
    }
  }
  progress.end(done);
  console.log("No disagreement.");
  return 0;
}

type Progress = {
  readonly isDue: () => boolean;
  readonly show: (done: number) => void;
  readonly end: (done: number) => void;
};

/** On a terminal one line that changes, elsewhere one every half minute. */
function startProgress(total: number, tally: Tally): Progress {
  const start = performance.now();
  const everyMs = process.stderr.isTTY ? 500 : 30_000;
  let yieldedAt = start;
  let shownAt = start;
  return {
    isDue: () => performance.now() - yieldedAt > 200,
    show(done) {
      yieldedAt = performance.now();
      if (yieldedAt - shownAt < everyMs) return;
      shownAt = yieldedAt;
      const seconds = (yieldedAt - start) / 1000;
      // Of patterns that are not a sample, some are refused by the checks and never come up.
      const left = showSeconds((seconds / done) * Math.max(0, total - done));
      const line = `${done} of at most ${total}   ${showTally(tally)}   ${Math.round(tally.pairs / seconds)} pairs/s   at most ${left} left`;
      process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
      console.log(`${showTally(tally)}, ${showSeconds((performance.now() - start) / 1000)}`);
    },
  };
}

/** `2:07`, `1:02:07`. */
function showSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

function parseCommand(words: string[]): Command | string {
  const [number, flag] = [{ type: "string" }, { type: "boolean", default: false }] as const;
  const [numbers, flags] = [
    { operators: number, length: number, sample: number, seed: number },
    { skips: flag, core: flag, "every-stream": flag },
  ];
  return readWords(
    USAGE,
    words,
    { ...numbers, ...flags },
    ({ operators = "3", length = "6", seed = "1", ...more }) => ({
      range: { operators: wholeNumber("operators", operators, 0, 6), rare: !more.core },
      plan: {
        length: wholeNumber("length", length, 1, 10),
        skips: more.skips,
        everyStream: more["every-stream"],
      },
      sample: more.sample === undefined ? null : wholeNumber("sample", more.sample, 1, 10_000_000),
      seed: wholeNumber("seed", seed, 0, 2 ** 31 - 1),
    }),
  );
}
