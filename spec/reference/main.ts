// npm run reference: the matcher against the run-by-run reference, on as many random pairs as one likes.

import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { differenceIn, randomComparison } from "./compare.ts";

const USAGE = `npm run reference -- [--pairs 1000000] [--seed 1]

  --pairs N    pairs of a random pattern and a random stream
  --seed S     the seed of the first; the next has the next: a whole number

Exits with 0 if the matcher says what the reference says everywhere, with 1 at the first difference, with 2 if the arguments
make no sense, with 130 if it was interrupted.`;

/** How often it says how far it is. */
const TELL_EVERY_MS = 5_000;

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ pairs, seed }: Command): Promise<number> {
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
  });
  let toldAt = performance.now();
  for (let done = 0; done < pairs; done++) {
    const difference = differenceIn(randomComparison(seed + done));
    if (difference !== null) {
      console.log(`seed ${seed + done}: ${difference}`);
      return 1;
    }
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now();
      console.log(`${(done + 1).toLocaleString("en")} of ${pairs.toLocaleString("en")} pairs, no difference`);
      await new Promise((resume) => setImmediate(resume)); // Lets an interrupt in.
      if (isInterrupted) return 130;
    }
  }
  console.log(`${pairs.toLocaleString("en")} pairs from seed ${seed}: no difference.`);
  return 0;
}

type Command = { readonly pairs: number; readonly seed: number };

function parseCommand(words: string[]): Command | string {
  const options = { pairs: { type: "string" }, seed: { type: "string" } } as const;
  return readWords(USAGE, words, options, ({ pairs = "1000000", seed = "1" }) => ({
    pairs: wholeNumber("pairs", pairs),
    seed: wholeNumber("seed", seed),
  }));
}
