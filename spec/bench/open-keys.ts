// W7: what open keys weigh, and how long it takes to save and restore them.

import type { SaveAndRestore } from "./measure.ts";
import { type Bench, startBench } from "./processes.ts";
import type { Entrant, Plan } from "./turns.ts";
import { OPEN_KEYS } from "./workloads.ts";

export type OpenKeysRow = {
  readonly contender: string;
  readonly bytesPerKey: number;
  /** Of these, the event itself, if it is kept. */
  readonly bytesPerEvent: number;
  /** A million keys as bytes; `null`: it cannot. */
  readonly saveMs: number | null;
  /** The longest slice of that. */
  readonly longestMs: number | null;
  /** What is saved of each key. */
  readonly savedBytes: number | null;
  readonly restoreMs: number | null;
};

const WITHIN_MS = 300_000;
const KEYS_SAVED = 1_000_000;

export async function weighOpenKeys(
  entrants: readonly Entrant[],
  { repetitions, atMost }: Plan,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly OpenKeysRow[]; readonly problems: readonly string[] }> {
  const rows: OpenKeysRow[] = [];
  const problems: string[] = [];
  for (const entrant of entrants) {
    const ask = (questions: (bench: Bench) => Promise<void>): Promise<void> =>
      inItsOwn(entrant, atMost, signal, questions);
    try {
      let [bytesPerKey, bytesPerEvent] = [0, 0];
      await ask(async (bench) => {
        bytesPerKey = Math.round((await bench.ask("bytes", WITHIN_MS)) as number);
        bytesPerEvent = Math.round((await bench.ask("event", WITHIN_MS)) as number);
      });
      const saved: SaveAndRestore[] = [];
      await ask(async (bench) => {
        for (let turn = 0; turn <= repetitions; turn += 1) {
          const done = (await bench.ask("save", WITHIN_MS)) as SaveAndRestore | null;
          if (done === null) break;
          if (turn > 0) saved.push(done);
        }
      });
      const expected = Math.min(KEYS_SAVED, atMost);
      const wrong = saved.find(({ matches }) => matches !== expected);
      if (wrong !== undefined) {
        problems.push(`W7, ${entrant.name}: ${wrong.matches} of ${expected} restored runs were completed`);
      }
      rows.push({
        contender: entrant.name,
        bytesPerKey,
        bytesPerEvent,
        saveMs: medianOf(saved.map((each) => each.saveMs)),
        longestMs: medianOf(saved.map((each) => each.longestMs)),
        savedBytes: medianOf(saved.map((each) => Math.round(each.savedBytes / expected))),
        restoreMs: medianOf(saved.map((each) => each.restoreMs)),
      });
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`W7, ${entrant.name}: ${(error as Error).message}`);
    }
  }
  return { rows, problems };
}

/** What was weighed would be in the way of what is saved, and the other way round. */
async function inItsOwn(
  entrant: Entrant,
  atMost: number,
  signal: AbortSignal,
  questions: (bench: Bench) => Promise<void>,
): Promise<void> {
  const bench = await startBench(entrant.program(OPEN_KEYS.name, atMost), signal);
  try {
    await questions(bench);
  } finally {
    bench.stop();
  }
}

function medianOf(numbers: readonly number[]): number | null {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? null;
}
