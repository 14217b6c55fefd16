// The engine against Flink's recorded answers. These are the cases without skip strategy and without a limit on the time
// between two events; each ends as one that agrees, or as one that differs for a named reason (README.md).

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../run/ask.ts";
import { type Answer, ASPECTS, type Aspect, askEngine } from "./answers.ts";
import { type FlinkCase, windowOf } from "./case.ts";
import { toRandomCase } from "./random-vectors.ts";
import { reasonFor } from "./reasons.ts";
import { runFile, showTable } from "./run-file.ts";
import { readCases } from "./vectors.ts";

const it = suite("conformance with Flink");

const pathOf = (file: string) => fileURLToPath(new URL(`./flink/${file}.jsonl.gz`, import.meta.url));
const choose = ({ hasSkip, hasGaps }: FlinkCase) => !hasSkip && !hasGaps;

const EXPECTED = [
  `flink-tests: 114 cases; 110 agree, 87 of them where no reason applies; 4 differ for a reason
the sets of matches are the same in 110; refused: ABSENCE_WITHOUT_DEADLINE 1, GREEDY_NEVER_CLOSES 1
reason            differ agree though it applies
refused                0                       0
absence-and-take       0                       0
silent-absence         0                       0
group-exit             0                      10
group-until            0                       0
group-head             0                       0
group-absence          0                       0
lost-absence           1                       0
greedy-leak            0                       9
greedy-lost            0                       0
greedy-last            3                       0
timeout-of-match       0                       0
deadline-time          0                       0
duplicate              0                      15`,
  `random-noskip: 2496 cases; 1934 agree, 1035 of them where no reason applies; 562 differ for a reason
the sets of matches are the same in 2284; refused: ABSENCE_AFTER_NOTHING 6, ABSENCE_WITHOUT_DEADLINE 27, GREEDY_NEVER_CLOSES 52
reason            differ agree though it applies
refused                7                       0
absence-and-take       8                      38
silent-absence        60                     111
group-exit             6                      48
group-until            0                       8
group-head            25                      99
group-absence          5                      35
lost-absence          70                      85
greedy-leak           13                     166
greedy-lost            1                      29
greedy-last           86                      73
timeout-of-match     143                     268
deadline-time         37                     168
duplicate            101                     600`,
  `random-mix: 1617 cases; 1266 agree, 725 of them where no reason applies; 351 differ for a reason
the sets of matches are the same in 1464; refused: ABSENCE_AFTER_NOTHING 4, ABSENCE_WITHOUT_DEADLINE 25, GREEDY_NEVER_CLOSES 30
reason            differ agree though it applies
refused                4                       0
absence-and-take       7                      20
silent-absence        49                      68
group-exit             6                      26
group-until            2                       2
group-head            17                      47
group-absence          3                      21
lost-absence          47                      52
greedy-leak            9                     112
greedy-lost            2                      26
greedy-last           49                      68
timeout-of-match      70                     177
deadline-time         22                     105
duplicate             64                     353`,
  `random-windows: 675 cases; 531 agree, 320 of them where no reason applies; 144 differ for a reason
the sets of matches are the same in 621; refused: ABSENCE_AFTER_NOTHING 5, ABSENCE_WITHOUT_DEADLINE 9, GREEDY_NEVER_CLOSES 7
reason            differ agree though it applies
refused                5                       0
absence-and-take       2                       2
silent-absence        15                      14
group-exit             2                      11
group-until            1                       3
group-head            18                      43
group-absence          1                       7
lost-absence          16                      15
greedy-leak            1                      30
greedy-lost            0                       6
greedy-last           15                      16
timeout-of-match      42                      75
deadline-time         12                      37
duplicate             14                     119`,
];

for (const expected of EXPECTED) {
  const file = expected.slice(0, expected.indexOf(":"));
  it(`every case of ${file} agrees or differs for a reason, and is what the definition says`, () => {
    const table = runFile(pathOf(file), { choose });
    note(showTable(table));
    assert.is(table.unexplained.join("\n"), "");
    assert.is(table.disputed.join("\n"), "");
    const differing = [...table.differ.values()].reduce((sum, each) => sum + each, 0);
    assert.is(table.agree + differing, table.cases);
    assert.fixture(showTable(table), expected);
  });
}

it("reads every case that was recorded", () => {
  const counts = ["flink-tests", "random-noskip", "random-mix", "random-windows"].map(
    (file) => readCases(pathOf(file)).length,
  );
  assert.equal(counts, [146, 2496, 2543, 2971]);
});

it("notices a match that is missing, and one that is invented", () => {
  const withoutLast = (asked: FlinkCase): Answer => {
    const answer = askEngine(asked);
    return answer.kind === "refused" ? answer : { ...answer, matches: answer.matches.slice(0, -1) };
  };
  const withOneMore = (asked: FlinkCase): Answer => {
    const answer = askEngine(asked);
    return answer.kind === "refused" ? answer : { ...answer, matches: [...answer.matches, { roles: "none:1", at: 1 }] };
  };
  const missing = runFile(pathOf("flink-tests"), { choose, ask: withoutLast });
  const matched = readCases(pathOf("flink-tests")).filter((each) => choose(each) && hasMatches(askEngine(each))).length;
  assert.ok(matched > 80);
  assert.is(missing.disputed.length, matched);
  assert.ok(missing.unexplained.length > 80);
  const invented = runFile(pathOf("flink-tests"), { choose, ask: withOneMore });
  assert.is(invented.disputed.length, invented.cases - 2, "all but the two that are refused");
  assert.ok(invented.unexplained.length > 80);
});

function hasMatches(answer: Answer): boolean {
  return answer.kind === "answer" && answer.matches.length > 0;
}

it("has no excuse for a plain sequence", () => {
  const seq = [
    { n: "p1", w: "a" },
    { n: "p2", w: "b", c: "followedBy" },
    { n: "p3", w: "c", c: "next", within: 10 },
  ] as const;
  const ev = [
    ["a", 1],
    ["b", 2],
    ["c", 3],
    ["@", 60],
  ] as const;
  const found = toRandomCase({ seq, ev, res: { out: [["M", 3, { p1: [1], p2: [2], p3: [3] }]] } });
  const asked: FlinkCase = { ...found, file: "", line: 1, title: "" };
  const excused = ASPECTS.filter((aspect: Aspect) => reasonFor(aspect, asked, askEngine(asked)) !== null);
  assert.equal(excused, []);
});

it("knows which windows Flink reads: all but that of the last element of a body, and the smallest wins", () => {
  const element = (withinMs: number | null, ...body: Parameters<typeof windowOf>[0]) => ({ withinMs, body });
  assert.is(windowOf([element(null), element(null)]), null);
  assert.is(windowOf([element(5), element(9)]), 5);
  assert.is(windowOf([element(9), element(null, element(3), element(2))]), 3);
});

it.run();
