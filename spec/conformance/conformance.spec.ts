// The engine against Flink's recorded answers. Each of the cases ends as one that agrees, or as one that differs for a named
// reason (README.md); how many there are of each is in tables.txt, so that no reason quietly explains more.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs, note } from "../run/ask.ts";
import { type Answer, ASPECTS, askEngine } from "./answers.ts";
import { type FlinkCase, windowOf } from "./case.ts";
import { type RandomVector, toRandomCase } from "./random-vectors.ts";
import { REASONS, reasonFor } from "./reasons.ts";
import { type FileTable, runFile, showTable } from "./run-file.ts";
import { readCases } from "./vectors.ts";

const it = suite("conformance with Flink");

const FILES = ["flink-tests", "corners", "random-noskip", "random-mix", "random-windows"] as const;
const pathOf = (file: string) => fileURLToPath(new URL(`./flink/${file}.jsonl.gz`, import.meta.url));

const EXPECTED = new Map(
  readFileSync(new URL("./tables.txt", import.meta.url), "utf8")
    .trimEnd()
    .split("\n\n")
    .map((table) => [table.slice(0, table.indexOf(":")), table]),
);
const TABLES = new Map<string, FileTable>();

for (const file of FILES) {
  it(`every case of ${file} agrees or differs for a reason, and is what the definition says`, () => {
    allowMs(120_000);
    const table = runFile(pathOf(file));
    TABLES.set(file, table);
    note(showTable(table));
    assert.is(table.unexplained.join("\n"), "");
    assert.is(table.disputed.join("\n"), "");
    const differing = [...table.reasons.values()].reduce((sum, { differ }) => sum + differ, 0);
    assert.is(table.agree + differing, table.cases);
    assert.fixture(showTable(table), EXPECTED.get(file) ?? "");
  });
}

it("reads every case that was recorded", () => {
  assert.equal(
    FILES.map((file) => readCases(pathOf(file)).length),
    [146, 38, 2496, 2543, 2971],
  );
});

it("needs every reason that it has", () => {
  const needed = REASONS.filter(({ name }) =>
    [...TABLES.values()].some(({ reasons }) => (reasons.get(name)?.differ ?? 0) > 0),
  );
  assert.is(TABLES.size, FILES.length);
  assert.equal(
    needed.map(({ name }) => name),
    REASONS.map(({ name }) => name),
  );
});

it("notices a match that is missing, and one that is invented", () => {
  const change = (matches: (answer: Answer & { kind: "answer" }) => Answer) => (asked: FlinkCase) => {
    const answer = askEngine(asked);
    return answer.kind === "refused" ? answer : matches(answer);
  };
  const missing = runFile(
    pathOf("flink-tests"),
    change((answer) => ({ ...answer, matches: answer.matches.slice(0, -1) })),
  );
  const invented = runFile(
    pathOf("flink-tests"),
    change((answer) => ({ ...answer, matches: [...answer.matches, { roles: "none:1", at: 1 }] })),
  );
  const cases = readCases(pathOf("flink-tests"));
  const answered = cases.filter((asked) => askEngine(asked).kind === "answer" && asked.events.length <= 12);
  const matched = answered.filter((asked) => hasMatches(askEngine(asked)));
  assert.ok(matched.length > 100);
  assert.is(missing.disputed.length, matched.length);
  assert.ok(missing.unexplained.length > 100);
  assert.is(invented.disputed.length, answered.length);
  assert.ok(invented.unexplained.length > 100);
});

function hasMatches(answer: Answer): boolean {
  return answer.kind === "answer" && answer.matches.length > 0;
}

const PLAIN: RandomVector = {
  seq: [
    { n: "p1", w: "a" },
    { n: "p2", w: "b", c: "followedBy" },
    { n: "p3", w: "c", c: "next", within: 10 },
  ],
  ev: [
    ["a", 1],
    ["b", 2],
    ["c", 3],
    ["@", 60],
  ],
  res: { out: [["M", 3, { p1: [1], p2: [2], p3: [3] }]] },
};

for (const skip of [null, { type: "skipPastLast" }, { type: "skipToLast", name: "p2" }]) {
  it(`has no excuse for a plain sequence, skip ${skip?.type ?? "none"}`, () => {
    const found = toRandomCase({ ...PLAIN, ...(skip === null ? {} : { skip }) });
    const asked: FlinkCase = { ...found, file: "", line: 1, title: "" };
    const excused = ASPECTS.filter((aspect) => reasonFor(aspect, asked, askEngine(asked)) !== null);
    assert.equal(excused, []);
  });
}

it("knows which windows Flink reads: all but that of the last element of a body, and the smallest wins", () => {
  const element = (withinMs: number | null, ...body: Parameters<typeof windowOf>[0]) => ({ withinMs, body });
  assert.is(windowOf([element(null), element(null)]), null);
  assert.is(windowOf([element(5), element(9)]), 5);
  assert.is(windowOf([element(9), element(null, element(3), element(2))]), 3);
});

it.run();
