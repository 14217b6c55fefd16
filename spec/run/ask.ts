// What a spec may ask of the runner. Run alone (`node --import tsx some.spec.ts`), the same calls only print.
import { at, log } from "./log.ts";

/**
 * Says why tests of this file are skipped. CI refuses a skip without a reason; the runner prints the reason.
 *
 *     if (brokers === undefined) { skipBecause("SEQUITUR_TEST_BROKERS names no broker"); it.skip("…"); }
 */
export function skipBecause(reason: string): void {
  log.skipReasons.push(reason);
  if (process.send === undefined) console.log(`skipped: ${reason}`);
}

/** Raises the time limit of loading this file, and of each test that starts from now on in it, for tests that install or simulate. */
export function allowMs(limitMs: number): void {
  log.limitMs = Math.max(log.limitMs, limitMs);
  at(log.where);
}

/** A line that the runner prints even if all is well: counts, seeds, sizes. */
export function note(line: string): void {
  log.notes.push(line);
  if (process.send === undefined) console.log(line);
}
