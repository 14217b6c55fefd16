import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EXIT } from "../../lib/cli/failure.ts";
import { PROCESS_VARIABLE } from "../../lib/cli/parent.ts";
import {
  MAX_FRUITLESS,
  type Outcome,
  type Supervision,
  type SupervisionOptions,
  superviseProcesses,
} from "../../lib/cli/processes.ts";
import { eachLine } from "../../lib/cli/relay.ts";
import { withRoom } from "../../lib/cli/run-processes.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { allowMs } from "../run/ask.ts";

allowMs(60_000);

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

type Watched = {
  readonly supervision: Supervision;
  readonly stop: () => void;
  readonly said: string[];
  readonly printed: string[];
  /** By number, the one that runs now. */
  readonly children: Map<number, ChildProcess>;
  readonly starts: number[];
  /** Resolves when `holds`. */
  readonly until: (holds: () => boolean) => Promise<void>;
};

const it = suite("several processes");

function watch(count: number, does: string, options: Partial<SupervisionOptions> = {}): Watched {
  const controller = new AbortController();
  const [said, printed, starts]: [string[], string[], number[]] = [[], [], []];
  const children = new Map<number, ChildProcess>();
  const supervision = superviseProcesses({
    count,
    start: (number) => {
      starts.push(number);
      const child = fork(CHILD, [does], {
        execArgv: ["--conditions=sequitur-source", "--import", import.meta.resolve("tsx")],
        env: { ...process.env, NODE_OPTIONS: "", [PROCESS_VARIABLE]: String(number) },
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      if (child.stderr) eachLine(child.stderr, (line) => printed.push(line));
      children.set(number, child);
      return child;
    },
    stopWithinMs: 20_000,
    signal: controller.signal,
    clock: systemClock,
    say: (message) => said.push(message),
    firstRetryMs: 20,
    ...options,
  });
  const until = async (holds: () => boolean): Promise<void> => {
    for (const end = Date.now() + 20_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 10)))
      assert.ok(Date.now() < end, `waited in vain: ${holds}; ${said.join("; ")}; ${printed.join("; ")}`);
  };
  return { supervision, stop: () => controller.abort(), said, printed, children, starts, until };
}

it("start, say how they are doing, and stop when they are told; their counts are added up", async () => {
  const { supervision, stop, printed, said, until } = watch(2, "work");
  assert.is(supervision.picture(), null);
  await until(() => supervision.picture()?.metrics.topics[0]?.records === 20);
  const picture = supervision.picture();
  assert.equal(picture?.metrics.topics, [
    { topic: "in", records: 20, onTime: 12, late: 2, deadLettered: 2, skipped: 0, waiting: 4 },
  ]);
  const [pattern] = picture?.metrics.patterns ?? [];
  assert.equal([pattern?.openRuns, pattern?.alerts, pattern?.oldestFirstAt], [10, 6, 1]);
  assert.equal([picture?.metrics.watermark, picture?.metrics.state], [1_000, "running"]);
  assert.equal([...(picture?.late.byCode ?? [])], [["LATE", 2]]);
  stop();
  const { code, why, restarts } = await supervision.done;
  assert.equal([code, why, restarts], [EXIT.fine, null, 0]);
  assert.equal(printed.toSorted(), ["process 1 is here", "process 1 stops", "process 2 is here", "process 2 stops"]);
  assert.equal(said, []);
});

it("one that is killed is started again, and what it had open does not count twice", async () => {
  const { supervision, stop, children, starts, said, until } = watch(2, "work");
  await until(() => supervision.picture()?.metrics.topics[0]?.records === 20);
  children.get(2)?.kill("SIGKILL");
  await until(() => starts.length === 3 && supervision.picture()?.metrics.topics[0]?.records === 28);
  assert.equal(starts.toSorted(), [1, 2, 2]);
  assert.match(said.join("\n"), /^process 2 ended with SIGKILL; it is started again in 0\.0 s$/);
  const [pattern] = supervision.picture()?.metrics.patterns ?? [];
  assert.equal([pattern?.openRuns, pattern?.alerts], [10, 9]);
  stop();
  const { code, restarts } = await supervision.done;
  assert.equal([code, restarts], [EXIT.fine, 1]);
});

it("one that dies again and again makes all stop, with an exit code of its own", async () => {
  const { supervision, starts, said, printed } = watch(2, "first dies");
  const { code, why, restarts } = await supervision.done;
  assert.is(code, EXIT.gaveUp);
  assert.match(why ?? "", /^process 1 ended 5 times in a row, soon after each start, the last time with exit code 7/);
  assert.equal([restarts, said.length], [MAX_FRUITLESS - 1, MAX_FRUITLESS - 1]);
  assert.equal(starts.filter((number) => number === 1).length, MAX_FRUITLESS);
  assert.ok(printed.includes("process 2 stops"));
});

it("the time between new starts doubles, less a share that is the same every time", async () => {
  const delays: number[] = [];
  const clock = {
    ...systemClock,
    after: (delayMs: number, act: () => void) => {
      if (delayMs >= 1_000 && delayMs < 20_000) delays.push(delayMs);
      return systemClock.after(delayMs < 20_000 ? Math.min(delayMs, 500) : delayMs, act);
    },
  };
  const run = (): Promise<Outcome> => watch(1, "exit9", { clock, firstRetryMs: 2_000 }).supervision.done;
  await run();
  const [first = 0, second = 0, third = 0, fourth = 0] = delays;
  assert.is(delays.length, 4);
  for (const [delay, whole] of [
    [first, 2_000],
    [second, 4_000],
    [third, 8_000],
    [fourth, 16_000],
  ] as const)
    assert.ok(delay > whole / 2 && delay <= whole, `${delay} of ${whole}`);
  const before = delays.splice(0);
  await run();
  assert.equal(delays, before);
});

it("deaths after a long life do not add up", async () => {
  const { supervision, starts, stop, until } = watch(1, "exit9", { soundAfterMs: 0 });
  await until(() => starts.length > MAX_FRUITLESS + 1);
  stop();
  assert.is((await supervision.done).why, null);
});

it("a refusal is final: 2 if nothing had begun, else 1", async () => {
  const nothing = watch(2, "exit2");
  const { code, why } = await nothing.supervision.done;
  assert.is(code, EXIT.failed, "it had said that it runs");
  assert.match(why ?? "", /^process [12] ended with exit code 2: the service cannot run$/);
  assert.equal(nothing.starts, [1, 2]);
  const atOnce = watch(1, "silent", { start: () => spawn(process.execPath, ["-e", "process.exit(2)"]) });
  assert.is((await atOnce.supervision.done).code, EXIT.refused);
  const never = watch(1, "silent", { start: () => spawn("/nowhere/node", []) });
  assert.match((await never.supervision.done).why ?? "", /could not be started: .*ENOENT/);
});

it("one that does not stop in time is killed, and that is a failure", async () => {
  const { supervision, stop, said, until } = watch(1, "deaf", { stopWithinMs: -4_000 });
  await until(() => supervision.picture() !== null);
  stop();
  const { code } = await supervision.done;
  assert.is(code, EXIT.failed);
  assert.match(said.join(), "the time for stopping is over; killed: process 1");
});

it("all can be killed at once, and stay dead", async () => {
  const { supervision, starts, until } = watch(2, "deaf");
  await until(() => supervision.picture()?.metrics.topics[0]?.records === 20);
  supervision.kill();
  assert.is((await supervision.done).code, EXIT.killed);
  assert.equal(starts, [1, 2]);
});

it("stopped while one waits for its new start, or before anything began", async () => {
  const { supervision, stop, said, until } = watch(1, "exit9", { firstRetryMs: 30_000 });
  await until(() => said.length === 1);
  stop();
  assert.is((await supervision.done).code, EXIT.fine);
  const { done } = superviseProcesses({
    count: 3,
    start: () => {
      throw new Error("nothing starts");
    },
    stopWithinMs: 0,
    signal: AbortSignal.abort(),
    clock: systemClock,
    say: () => {},
  });
  assert.equal(await done, { code: EXIT.fine, why: null, picture: null, restarts: 0 });
});

it("processes whose parent is gone stop by themselves", async () => {
  const { supervision, children, stop, printed, until } = watch(1, "work");
  await until(() => supervision.picture() !== null);
  children.get(1)?.disconnect(); // what the end of the parent does
  const [child] = [...children.values()];
  if (child) await once(child, "exit");
  await until(() => printed.includes("process 1 stops"));
  stop();
  await supervision.done;
});

it("Node.js has more room for what is young, unless somebody has said how much", () => {
  assert.equal(withRoom(["--enable-source-maps"]), ["--enable-source-maps", "--max-semi-space-size=32"]);
  for (const said of ["--max-semi-space-size=8", "--max_semi_space_size=8"]) {
    assert.equal(withRoom([said], "--trace-warnings"), [said]);
    assert.equal(withRoom([], `--trace-warnings ${said}`), []);
  }
});

it.run();
