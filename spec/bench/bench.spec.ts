// The benches at small sizes: streams are those that they have to be, all contenders find the same, and the command says when
// they do not. How fast they are is no matter of a test.

import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { execute, FROM_SOURCE } from "../run/execute.ts";
import { allInOrder, type Machine } from "./by-hand.ts";
import { farAbove, latestInOrder, sameValue } from "./by-hand-open.ts";
import { BY_HAND, CONTENDERS, contenderOf } from "./contenders.ts";
import { type BenchEvent, checksum, eventAt, generate } from "./generate.ts";
import { countAfter, prepare, repeat } from "./measure.ts";
import { growthTable, speedTable } from "./table.ts";
import type { Row } from "./turns.ts";
import { WORKLOADS, type Workload, workloadOf } from "./workloads.ts";

const it = suite("benches");

allowMs(120_000);

const CHECKSUMS: readonly (readonly [stream: string, sum: number])[] = [
  ["W1a", -807_596_764],
  ["W1b", -1_946_568_692],
  ["W2", 1_839_218_178],
  ["W3k3", 824_827_092],
  ["W3k5", -209_977_896],
  ["W4-13", -374_950_227],
  ["W5", 820_255_150],
  ["W6", 416_434_128],
  ["W7", 1_471_874_129],
  ["W8", 900_088_602],
  ["W9", -1_786_922_202],
  ["W10", 2_054_848_041],
  ["W11s", -1_460_918_040],
  ["W12", 135_929_030],
];

for (const [stream, sum] of CHECKSUMS) {
  it(`${stream} is the same stream everywhere`, () => assert.is(checksum(generate(stream)), sum));
}

it("a part of a stream is its beginning", () => {
  const [part, longer] = [generate("W6", 100), generate("W6", 200)];
  for (let index = 0; index < 100; index += 1) assert.equal(eventAt(part, index), eventAt(longer, index));
  assert.is(part.events, 100);
});

/** Enough events for some matches, few enough for a matcher that keeps each run. Those left out have a pattern of these. */
const SIZES: readonly (readonly [workload: string, events: number])[] = [
  ["W1a", 20_000],
  ["W2", 15_000],
  ["W3k3", 300],
  ["W3k5", 200],
  ["W4-13", 300],
  ["W5", 1_000],
  ["W6", 1_500],
  ["W8-100", 260],
  ["W8k3", 300],
  ["W8k5", 200],
  ["W8k7", 160],
  ["W9-20", 500],
  ["W10-100", 300],
  ["W12-100", 3_000],
  ["W11s-10", 1_500],
  ["W11s-100", 250],
];

for (const [name, size] of SIZES) {
  it(`${name}: all contenders find the same in ${size} events`, () => {
    const found = CONTENDERS.map((contender) => {
      const ready = prepare(contenderOf(contender), workloadOf(name) as Workload, size);
      return countAfter(ready, ready.stream.events - ready.stream.tail);
    });
    assert.equal(
      found,
      found.map(() => found[0]),
    );
    assert.ok((found[0] as number) > 0, "nothing to be found");
  });
}

it("who is stopped has found what is found by hand up to there", () => {
  const workload = workloadOf("W3k3") as Workload;
  const slow = repeat(prepare(contenderOf("run-by-run"), workload, 3_000), 1, 1_000);
  assert.is.not(slow.stopped, null);
  assert.ok(slow.fed > 0 && slow.fed < 3_000);
  assert.is(countAfter(prepare(contenderOf(BY_HAND), workload, 3_000), slow.fed), slow.matches);
});

function* eventsOf(stream: string, events: number): Generator<BenchEvent> {
  const columns = generate(stream, events);
  for (let index = 0; index < events; index += 1) yield eventAt(columns, index);
}

function countsOf(machine: Machine, stream: string, events: number): readonly number[] {
  let before = 0;
  return [...eventsOf(stream, events)].map((event) => {
    machine.on(event);
    const found = machine.matches() - before;
    before = machine.matches();
    return found;
  });
}

for (const [types, withinMs] of [
  [3, 100],
  [3, 1_000],
  [5, 100],
  [9, 40],
] as const) {
  it(`by hand: at most 10 of ${types} types in order within ${withinMs} are 10 of all, or all`, () => {
    const all = countsOf(allInOrder(types, withinMs), "W8", 2_000);
    const most = countsOf(latestInOrder(types, withinMs, 10), "W8", 2_000);
    assert.equal(
      most,
      all.map((count) => Math.min(10, count)),
    );
  });
}

/** By trying every pair. */
function pairs(stream: string, events: number, fits: (first: BenchEvent, second: BenchEvent) => boolean): number {
  const all = [...eventsOf(stream, events)];
  return all.flatMap((second, index) => all.slice(0, index).filter((first) => fits(first, second))).length;
}

it("by hand: pairs of equal values and of far ones are those that one finds by trying every pair", () => {
  for (const withinMs of [3, 1_000]) {
    const last = (machine: Machine, stream: string): number => {
      for (const event of eventsOf(stream, 3_000)) machine.on(event);
      return machine.matches();
    };
    const isEqual = (a: BenchEvent, b: BenchEvent): boolean =>
      a.type === "A" && b.type === "B" && a.value === b.value && b.ts - a.ts < withinMs;
    assert.is(last(sameValue(withinMs), "W9"), pairs("W9", 3_000, isEqual));
    const isFar = (a: BenchEvent, b: BenchEvent): boolean => b.value > a.value + 900_000 && b.ts - a.ts < withinMs;
    assert.is(last(farAbove(withinMs, 900_000, 1_000_000), "W10"), pairs("W10", 3_000, isFar));
  }
});

it("the table says what grows, and who was stopped", () => {
  const row = (workload: string, eventsPerSecond: number): Row => ({
    workload,
    contender: "matcher",
    eventsPerSecond,
    least: eventsPerSecond,
    most: eventsPerSecond,
    ofByHand: 0.5,
    longestPauseMs: 1.25,
    matches: 14,
    fed: 1_000,
    events: 2_000,
    stopped: "timed part",
    differsBecause: null,
  });
  const rows = [row("W4-2", 1_000_000), row("W4-12500", 100_000)];
  assert.match(speedTable(rows), "14, stopped in the timed part after 1,000 events");
  assert.match(growthTable(rows), "16: 1,000 · 100,000: 10,000");
  assert.match(growthTable(rows), "×10");
  assert.is(growthTable([row("W4-2", 1)]), "");
});

const PLANT = "./spec/fixtures/bench/plant.mjs";

function words(rest: readonly string[], isPlanted = false): readonly string[] {
  const before = isPlanted ? ["--import", PLANT] : [];
  return [...before, ...FROM_SOURCE, "spec/bench/main.ts", ...rest];
}

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function bench(rest: readonly string[], isPlanted = false, variables: NodeJS.ProcessEnv = {}): Ran {
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  const options = { encoding: "utf8", env: { ...env, ...variables }, timeout: 110_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, words(rest, isPlanted), options);
  return { code: status, stdout, stderr };
}

const SMALL = ["--events", "3000", "--repetitions", "1"];

it("npm run bench shows a table, and exits with 0 if all agree", () => {
  const { code, stdout, stderr } = bench(["W2", "W7", ...SMALL]);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^W2 +a small value/);
  for (const name of CONTENDERS) {
    assert.match(stdout, new RegExp(`^\\| W2 +\\| ${name} `, "m"));
    assert.match(stdout, new RegExp(`^\\| ${name} +\\| +-?[\\d,]+ +\\|`, "m"));
  }
  assert.match(stderr, "2 of 2: W7");
});

it("prints JSON, and exits with 1 and what differs if one contender counts otherwise", () => {
  const { code, stdout, stderr } = bench(["W2", "--json", ...SMALL], true);
  assert.is(code, 1, stderr);
  const { rows, problems } = JSON.parse(stdout) as { rows: readonly Row[]; problems: readonly string[] };
  const [byHand, matcher] = CONTENDERS.map((name) => rows.find(({ contender }) => contender === name));
  assert.is(matcher?.matches, (byHand?.matches ?? 0) + 1);
  assert.is(problems.length, 1);
  assert.match(problems[0] as string, /^W2, matcher: \d+ matches after \d+ events, and by hand \d+$/);
  assert.match(stderr, problems[0] as string);
});

it("exits with 130 if it is interrupted", async () => {
  const both = words(["W4-2", "W8-100", "--repetitions", "1", "--events", "20000"]);
  const options = { env: { NODE_V8_COVERAGE: undefined }, interruptAt: /1 of 2/, withinMs: 110_000 };
  assert.is((await execute(process.execPath, both, options)).code, 130);
});

it("exits with 2 and says so if there is no Java to run the others on", () => {
  const { code, stderr } = bench(["W2", "--peers", ...SMALL], false, { JAVA_HOME: "/nowhere" });
  assert.is(code, 2, stderr);
  assert.match(stderr, 'Java, and "/nowhere/bin/java" did not answer');
});

it("tells how it is used, and exits with 0", () => {
  const { code, stdout, stderr } = bench(["--help"]);
  assert.is(code, 0);
  assert.is(stderr, "");
  for (const { name } of WORKLOADS) assert.match(stdout, name);
});

const SENSELESS: readonly (readonly [words: readonly string[], why: string])[] = [
  [["W99"], "There is no workload W99."],
  [["--events", "0"], '--events takes a whole number from 1 up, not "0".'],
];

for (const [rest, why] of SENSELESS) {
  it(`exits with 2 and says how it is used: ${rest.join(" ")}`, () => {
    const { code, stdout, stderr } = bench(rest);
    assert.is(code, 2);
    assert.is(stdout, "");
    assert.ok(stderr.startsWith(why), stderr);
    assert.match(stderr, "npm run bench [-- WORKLOAD…]");
  });
}

it.run();
