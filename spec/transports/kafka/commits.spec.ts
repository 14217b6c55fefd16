// When positions go to the group, and what becomes of those that do not get there.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { type Commits, createCommits } from "../../../lib/transports/kafka/commits.ts";
import { createCursor } from "../../../lib/transports/kafka/cursor.ts";
import { type ManualClock, manualClock, settle } from "../../runtime/engine-kit.ts";

const it = suite("commits");

type Started = {
  readonly commits: Commits;
  readonly clock: ManualClock;
  readonly cursors: readonly ReturnType<typeof createCursor>[];
  /** What was asked to be committed, as `partition:offset`. */
  readonly asked: string[];
  readonly failures: Error[];
  readonly lines: string[];
};

function start(commit: () => Promise<void> = async () => undefined): Started {
  const cursors = [0, 1].map((partition) => createCursor({ topic: "in", partition }, 0n, 100n, 0n));
  const clock = manualClock();
  const [asked, failures, lines]: [string[], Error[], string[]] = [[], [], []];
  const commits = createCommits({
    cursors: () => cursors,
    commit: (positions) => {
      asked.push(positions.map(({ partition, offset }) => `${partition}:${offset}`).join(" "));
      return commit();
    },
    clock,
    log: (level, message) => lines.push(`${level} ${message}`),
    onFailure: (error) => failures.push(error),
  });
  return { commits, clock, cursors, asked, failures, lines };
}

/** Everything before `offset` was handed over and dealt with. */
function deal({ cursors }: Started, partition: number, offset: bigint): void {
  const cursor = cursors[partition];
  assert.ok(cursor !== undefined);
  cursor.next = cursor.delivered = cursor.acknowledged = offset;
}

it("commits what moved, and asks for nothing if nothing did", async () => {
  const started = start();
  await started.commits.now();
  deal(started, 1, 7n);
  await started.commits.now();
  await started.commits.now();
  deal(started, 0, 3n);
  deal(started, 1, 8n);
  started.commits.soon();
  await settle();
  assert.equal(started.asked, ["1:7", "0:3 1:8"]);
});

it("has one request on its way; `now` brings what moved meanwhile, `soon` leaves it for the next time", async () => {
  const letGo: (() => void)[] = [];
  const started = start(() => new Promise((resolve) => letGo.push(resolve)));
  deal(started, 0, 1n);
  started.commits.soon();
  deal(started, 0, 2n);
  started.commits.soon();
  const now = started.commits.now();
  await settle();
  assert.equal(started.asked, ["0:1"]);
  letGo.shift()?.();
  await settle();
  assert.equal(started.asked, ["0:1", "0:2"]);
  letGo.shift()?.();
  await now;
});

it("what may succeed later is tried later; what cannot is a failure", async () => {
  let error: Error | null = new TransportError("GROUP_CHANGED", "shared out anew", { retriable: true });
  const started = start(async () => {
    if (error !== null) throw error;
  });
  deal(started, 0, 5n);
  started.commits.soon();
  await settle();
  assert.equal(started.lines, ["debug positions were not committed; they will be"]);
  error = null;
  started.commits.soon();
  await settle();
  assert.equal(started.asked, ["0:5", "0:5"]);
  error = new TransportError("NOT_AUTHORIZED", "no permission", { retriable: false });
  deal(started, 0, 6n);
  started.commits.soon();
  await settle();
  assert.equal(started.failures, [error]);
  assert.is(await started.commits.now().catch((thrown: Error) => thrown), error);
});

it("a join waits for the last word of its generation, a second at most, whatever becomes of it", async () => {
  const failing = start(async () => Promise.reject(new Error("no")));
  deal(failing, 0, 5n);
  await failing.commits.beforeJoin();
  assert.equal([failing.asked, failing.clock.waiting], [["0:5"], 0]);
  const letGo: (() => void)[] = [];
  const busy = start(() => new Promise((resolve) => letGo.push(resolve)));
  deal(busy, 0, 5n);
  busy.commits.soon();
  deal(busy, 0, 6n);
  const joining = busy.commits.beforeJoin();
  for (let turn = 0; turn < 2; turn += 1) {
    letGo.shift()?.();
    await settle();
  }
  await joining;
  assert.equal(busy.asked, ["0:5", "0:6"], "what moved while a request was on its way, too");
  const silent = start(() => new Promise(() => undefined));
  deal(silent, 0, 5n);
  let joins = false;
  void silent.commits.beforeJoin().then(() => {
    joins = true;
  });
  await silent.clock.advance(999);
  assert.not(joins);
  await silent.clock.advance(1);
  assert.ok(joins);
});

it.run();
