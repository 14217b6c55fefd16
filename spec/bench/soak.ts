// npm run soak: does the matcher's memory stay flat, and does no event hold up the others? Hundreds of millions of events through
// one matcher: keys that come again, keys that come once, keys on which very much happens.
//
//     │ windows fill │ first half: the most it takes │ second half: may it take more? │

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import type { BenchEvent } from "./generate.ts";
import { threeInARow } from "./patterns.ts";

const USAGE = `npm run soak -- [--events 200000000]

  --events N    how many events, 10,000,000 at least. Default 200,000,000, which takes some minutes

Prints memory in use after garbage collection, and the longest that one event took, twenty times. Exits with 0 if the second half
takes no more than a tenth more memory than the first, with 1 if it does, with 2 if the arguments make no sense, with 130 if it was interrupted.`;

/** A hundred events in a millisecond: the window of 10 s holds a million. */
const PER_MS = 100;
const KEYS = 100_000;
const HOT_KEYS = 10;
const LOOKS = 20;
const TYPES = ["A", "B", "C", "X", "X", "X", "X", "X", "X", "X"] as const;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

await runCommand(USAGE, parseCommand(process.argv.slice(2)), soak);

async function soak({ events }: { readonly events: number }): Promise<number> {
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
  });
  const matcher = createKeyedMatcher(compile(threeInARow), { limits: { maxRunsPerKey: 1_000 } });
  const most: [first: number, second: number] = [0, 0];
  let [state, matches] = [1_777, 0];
  const piece = Math.floor(events / LOOKS);
  for (let look = 0; look < LOOKS && !isInterrupted; look += 1) {
    const startedAt = performance.now();
    let [last, longest] = [startedAt, 0];
    for (let index = look * piece; index < (look + 1) * piece; index += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const drawn = state >>> 0;
      const value: BenchEvent = {
        type: TYPES[drawn % 10] ?? "X",
        key: keyOf(drawn, index),
        ts: Math.floor(index / PER_MS),
        value: index % 1_000,
      };
      const origin = { topic: "", partition: 0, offset: BigInt(index) };
      for (const { kind } of matcher.onEvent(value.key, { value, at: value.ts, origin }))
        if (kind === "match") matches += 1;
      const now = performance.now();
      if (now - last > longest) longest = now - last;
      last = now;
    }
    const perSecond = piece / ((performance.now() - startedAt) / 1_000);
    const bytes = bytesInUse();
    // Until then windows have filled, and the slowest hand has gone round.
    if (look >= 2) most[look < LOOKS / 2 ? 0 : 1] = Math.max(most[look < LOOKS / 2 ? 0 : 1], bytes);
    const { keys, runs } = matcher.counts();
    console.log(
      `${count((look + 1) * piece)} events, ${count(matches)} matches, ${count(keys)} keys, ${count(runs)} runs, ` +
        `${(bytes / 1e6).toFixed(1)} MB, ${count(Math.round(perSecond))} events/s, longest event ${longest.toFixed(1)} ms`,
    );
    await new Promise((resume) => setImmediate(resume)); // Lets an interrupt in.
  }
  if (isInterrupted) return 130;
  const growth = most[1] / most[0];
  console.log(
    `Second half at most ${(most[1] / 1e6).toFixed(1)} MB, first half ${(most[0] / 1e6).toFixed(1)} MB: ×${growth.toFixed(3)}`,
  );
  return growth <= 1.1 ? 0 : 1;
}

/** Mostly one of many that come again; some of a few; and some that never came before. */
function keyOf(drawn: number, index: number): number {
  const lot = (drawn >>> 8) % 100;
  if (lot < 5) return 1_000_000_000 + index;
  return lot < 10 ? drawn % HOT_KEYS : HOT_KEYS + ((drawn >>> 4) % KEYS);
}

function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function parseCommand(words: string[]): { readonly events: number } | string {
  return readWords(USAGE, words, { events: { type: "string" } }, ({ events: text = "200000000" }) => {
    const events = wholeNumber("events", text);
    if (events < 10_000_000)
      throw new Error("--events takes 10000000 at least: windows have to fill before it says anything.");
    return { events };
  });
}
