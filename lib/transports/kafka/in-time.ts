// What has to be over before a member of a group asks to be counted again, or leaves: it is waited for, but not for so long that the
// group would think the process dead, or go on without it.

import type { Clock } from "../../time/clock.ts";

/** What the group waits for: a sign of life, and for members to join when it shares out anew. */
export type GroupPatience = { readonly sessionTimeoutMs: number; readonly rebalanceTimeoutMs: number };

/** More than a checkpoint takes, and so little that nobody minds. */
const LONGEST_MS = 3_000;

/** Whether `work` was done, which never fails, when it was time to go on: then, or after a third of what the group waits, at most 3 s. */
export async function inTime(
  work: Promise<void>,
  { sessionTimeoutMs, rebalanceTimeoutMs }: GroupPatience,
  clock: Clock,
): Promise<boolean> {
  const longestMs = Math.min(LONGEST_MS, Math.floor(Math.min(sessionTimeoutMs, rebalanceTimeoutMs) / 3));
  let callOff = (): void => undefined;
  const late = new Promise<false>((resolve) => {
    callOff = clock.after(longestMs, () => resolve(false));
  });
  const isDone = await Promise.race([work.then(() => true), late]);
  callOff();
  return isDone;
}
