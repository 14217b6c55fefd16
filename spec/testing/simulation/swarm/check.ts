// What has to hold of a service once it was left alone for a while.
//
//     said          what an undisturbed task says, which has each pattern as long as the service had it, each once, and of each key in its order
//     saved         checkpoints 1, 2, 3 …; positions that never go back; in the end those of the undisturbed task
//     held          as many open runs as there; none, if time has an end for all
//     left behind   no open transaction; no process that failed
import type { Checkpoint, SavedLane } from "../../../../lib/state/checkpoint.ts";
import type { Verdict } from "./judge.ts";
import type { Saying } from "./readers.ts";
import { demand, type Stage } from "./stage.ts";
import { checkpointsOf } from "./state.ts";

/** A request that came late may have begun a transaction that nobody ends: the broker does, in this time. */
const TIMED_OUT_WITHIN_MS = 30_000;

/** What has to be said, and what may be. */
export type Expected = { readonly sayings: readonly Saying[]; readonly allowed: readonly Saying[] };

/** @throws {Error} if something is missing, there twice, or wrong. */
export function checkSayings(stage: Stage, found: readonly Saying[], { sayings: expected, allowed }: Expected): void {
  const missing = stillMissing(stage, found, expected);
  demand(stage, `missing: ${missing.map(({ what }) => what).join(", ")}`, missing.length === 0);
  const free = unsettled(stage);
  const tooMuch = without(found, allowed).filter(({ pattern }) => !free.has(pattern));
  demand(stage, `too much: ${tooMuch.map(({ what }) => what).join(", ")}`, tooMuch.length === 0);
  if (stage.lost.length > 0) return;
  const orders = inOrder(expected);
  const isExpected = new Set(expected.map(({ what }) => what));
  const settled = found.filter(({ what, pattern }) => isExpected.has(what) && !free.has(pattern));
  for (const [about, sayings] of inOrder(settled)) {
    const isRight = isSubsequence(sayings, orders.get(about) ?? []);
    demand(
      stage,
      `another order of ${about}: ${sayings.join(", ")} instead of ${orders.get(about)?.join(", ")}`,
      isRight,
    );
  }
}

/**
 * Patterns that not all releases have alike, where things are said ahead of their checkpoint: a release may have said of them what it never saved,
 * and another one took the shard back where it was. So there may be more of them, in another order.
 */
function unsettled({ crew, story }: Stage): ReadonlySet<string | null> {
  if (story.service.guarantee === "exactly-once") return new Set();
  const releases = crew.releases.map(({ wanted }) => new Set(wanted.map(({ fingerprint }) => fingerprint)));
  const forms = crew.releases.flatMap(({ wanted }) => wanted);
  const differing = forms.filter(({ fingerprint }) => !releases.every((each) => each.has(fingerprint)));
  return new Set(differing.map(({ pattern }) => pattern.name));
}

/** What is still to come, as far as is known. */
export function stillMissing(stage: Stage, found: readonly Saying[], expected: readonly Saying[]): readonly Saying[] {
  return without(expected, found).filter((saying) => !isLost(stage, saying));
}

/** Whether it is about a record that was deleted before it was dealt with, as far as is known. */
function isLost({ lost }: Stage, { what }: Saying): boolean {
  const [, topic, partition, offset] = /([xy])\/(\d+)\/(\d+)/.exec(what) ?? [];
  return lost.some(
    ({ place, from, records }) =>
      place.topic === topic &&
      `${place.partition}` === partition &&
      records.some((record) => record.offset >= from && `${record.offset}` === offset),
  );
}

/** @throws {Error} if the saved state is not what it should be. */
export async function checkState(stage: Stage, expected: readonly SavedLane[]): Promise<void> {
  const { simulation, story } = stage;
  for (let shard = 0; shard < story.service.shards; shard += 1) {
    const checkpoints = await checkpointsOf(simulation.broker, story.service, shard);
    const seqs = checkpoints.map(({ seq }) => seq);
    const isWhole = seqs.length > 0 && seqs.every((seq, index) => seq === (seqs[0] as number) + index);
    demand(stage, `checkpoints of shard ${shard}: ${seqs.join(" ") || "none"}`, isWhole);
    const backwards = wentBack(checkpoints);
    demand(stage, `positions of shard ${shard} went back: ${backwards}`, backwards === null);
    for (const lane of checkpoints.at(-1)?.lanes ?? []) {
      if (stage.lost.length > 0) continue;
      const isSame = stage.crew.releases.length === 1;
      const told = toldOf(stage, lane, isSame);
      const should = toldOf(stage, expected.find(({ partition }) => partition === lane.partition) as SavedLane, isSame);
      demand(stage, `lane ${lane.partition} was saved as ${told} instead of ${should}`, told === should);
    }
  }
}

function wentBack(checkpoints: readonly Checkpoint[]): string | null {
  const before = new Map<string, readonly [bigint, bigint]>();
  for (const { seq, lanes } of checkpoints)
    for (const { partition, inputs } of lanes)
      for (const { topic, from, next } of inputs) {
        const place = `${topic}/${partition}`;
        const [oldFrom, oldNext] = before.get(place) ?? [0n, 0n];
        const now = [BigInt(from ?? 0), BigInt(next ?? 0)] as const;
        if (now[0] < oldFrom || now[1] < oldNext || now[0] > now[1]) return `${place} in checkpoint ${seq}`;
        before.set(place, now);
      }
  return null;
}

/** Time that passes in silence is saved with what is said because of it, and else not. */
function toldOf({ story }: Stage, lane: SavedLane, isSame: boolean): string {
  const isSilent = story.service.ends === "silence";
  const inputs = lane.inputs.map(({ topic, next, counts }) => {
    const { records, late, deadLettered } = counts;
    return {
      topic,
      next: Number(next ?? 0),
      records,
      late,
      deadLettered,
      ...(isSilent ? {} : { onTime: counts.onTime }),
    };
  });
  const alerts = isSame && !isSilent ? lane.alerts : [];
  return JSON.stringify({ inputs, alerts });
}

/** @throws {Error} if runs are open that should not be, or none that should. */
export function checkRuns(stage: Stage, { runs }: Verdict): void {
  const open = new Map<string, number>();
  for (const { engine } of stage.crew.living())
    for (const { pattern, openRuns } of engine.metrics().patterns)
      open.set(pattern, (open.get(pattern) ?? 0) + openRuns);
  for (const [pattern, should] of runs) {
    const says = `${open.get(pattern) ?? 0} runs of ${pattern} are open instead of ${should}`;
    if (stage.lost.length === 0) demand(stage, says, (open.get(pattern) ?? 0) === should);
  }
  const { service } = stage.story;
  if (service.ends !== "silence") return;
  const forms = stage.crew.releases.flatMap(({ wanted }) => wanted);
  const unbounded = new Set(forms.flatMap(({ pattern, isBounded }) => (isBounded ? [] : pattern.name)));
  for (const [pattern, runs] of open)
    if (!unbounded.has(pattern)) demand(stage, `runs of ${pattern} are open at the end of time`, runs === 0);
}

/** @throws {Error} if a transaction stays open. */
export async function checkTransactions(stage: Stage): Promise<void> {
  const { broker } = stage.simulation;
  for (let left = TIMED_OUT_WITHIN_MS; broker.openTransactions().length > 0; left -= 1_000) {
    demand(stage, `open transactions: ${broker.openTransactions().join(", ")}`, left > 0);
    await stage.sleep(1_000);
  }
}

/** @throws {Error} if a process failed that should not have. */
export function checkProcesses(stage: Stage): void {
  for (const { error, instance, mayFailWith } of stage.crew.processes) {
    const isRight = error === null || instance.isDead() || mayFailWith.has(error.code ?? "");
    demand(stage, `${instance.name}: ${error}`, isRight);
  }
}

/** What of `all` is left when each of `taken` is taken away once. */
export function without(all: readonly Saying[], taken: readonly Saying[]): readonly Saying[] {
  const left = new Map<string, number>();
  for (const { what } of taken) left.set(what, (left.get(what) ?? 0) + 1);
  return all.filter(({ what }) => {
    const count = left.get(what) ?? 0;
    left.set(what, count - 1);
    return count <= 0;
  });
}

function inOrder(sayings: readonly Saying[]): ReadonlyMap<string, readonly string[]> {
  const orders = new Map<string, string[]>();
  for (const { what, about, pattern } of sayings) {
    if (pattern === null) continue;
    const order = orders.get(about) ?? [];
    order.push(what);
    orders.set(about, order);
  }
  return orders;
}

function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const each of all) if (each === some[at]) at += 1;
  return at === some.length;
}
