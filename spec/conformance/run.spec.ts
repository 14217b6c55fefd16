// The command `npm run conformance`, as it is called: what it prints, and what it exits with.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { execute, FROM_SOURCE } from "../run/execute.ts";
import type { RandomVector } from "./random-vectors.ts";

const it = suite("npm run conformance");

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
it.after(() => rmSync(folder, { recursive: true }));

const COMMAND = [...FROM_SOURCE, fileURLToPath(new URL("./run.ts", import.meta.url))] as const;

type Said = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

function conformance(...args: readonly string[]): Said {
  allowMs(30_000);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND, ...args], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Writes a file of vectors, and tells where. */
function fileOf(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  const text = lines.map((line) => `${line}\n`).join("");
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

function vector(out: RandomVector["res"]["out"] & object): string {
  const found: RandomVector = {
    seq: [
      { n: "p1", w: "a" },
      { n: "p2", w: "b", c: "followedBy" },
    ],
    ev: [
      ["a", 1],
      ["x", 2],
      ["b", 3],
      ["@", 60],
    ],
    res: { out, held: 0 },
  };
  return JSON.stringify(found);
}

type FileAsJson = {
  readonly file: string;
  readonly cases: number;
  readonly agree: number;
  readonly unexplained: readonly string[];
  readonly reasons: Readonly<Record<string, unknown>>;
};

const RIGHT = vector([["M", 3, { p1: [1], p2: [3] }]]);
const WRONG = vector([["M", 3, { p1: [1], p2: [2] }]]);

const TEST = JSON.stringify({
  test: "NFATest.testPlain",
  skip: "NoSkipStrategy{}",
  pattern: [{ contiguity: "begin", name: "start", where: "start" }],
  events: [{ id: 1, name: "s", price: 1, labels: ["start"] }],
  steps: [
    ["time", 1, [], []],
    ["ev", 0, 1, [{ start: [0] }]],
  ],
});

it("exits with 0 if all agrees, of each file and in each format, gzipped or not", () => {
  const { status, stdout, stderr } = conformance(
    fileOf("right.jsonl", [RIGHT, "", RIGHT]),
    fileOf("tests.jsonl.gz", [TEST]),
  );
  assert.is(stderr, "");
  assert.is(status, 0);
  const head = (file: string, cases: number) =>
    `${file}: ${cases} cases; ${cases} agree, ${cases} of them where no reason applies; 0 differ for a reason; 0 unexplained`;
  assert.equal(
    stdout.split("\n").filter((line) => line.includes("cases;")),
    [head("right", 2), head("tests", 1)],
  );
});

it("exits with 1 at a difference without reason, and shows it as people read it", () => {
  const { status, stdout } = conformance("--show", "1", fileOf("wrong.jsonl", [WRONG, RIGHT, WRONG]));
  assert.is(status, 1);
  assert.match(stdout, "wrong: 3 cases; 1 agree");
  assert.match(stdout, "2 unexplained");
  assert.match(
    stdout,
    [
      "unexplained: matchesThere, matchesHere in wrong 1 (wrong, line 1)",
      "  pattern   p1[a] followedBy p2[b]",
      "  events    1a1  2x2  3b3  until 60",
      "  matches: 0 in both; Flink alone: {p1:1 p2:2 @3}; here alone: {p1:1 p2:3 @3}",
    ].join("\n"),
  );
  assert.match(stdout, "and 1 more that are unexplained");
  assert.not.match(stdout, "line 3");
});

it("says the same as JSON, with all that is unexplained", () => {
  const { status, stdout } = conformance(
    "--json",
    "--show",
    "0",
    fileOf("wrong.jsonl", [WRONG, RIGHT, WRONG]),
    fileOf("right.jsonl", [RIGHT]),
  );
  assert.is(status, 1);
  const { files } = JSON.parse(stdout) as { readonly files: readonly FileAsJson[] };
  assert.equal(
    files.map(({ file, cases, agree, unexplained, reasons }) => [
      file,
      cases,
      agree,
      unexplained.length,
      reasons["tie"],
    ]),
    [
      ["wrong", 3, 1, 2, { differ: 0, agree: 0 }],
      ["right", 1, 1, 0, { differ: 0, agree: 0 }],
    ],
  );
});

it("tells its options, and without files asks about its own", () => {
  const { status, stdout } = conformance("--help");
  assert.is(status, 0);
  for (const option of ["FILE", "--show N", "--json", "--help", "Exit code"]) assert.match(stdout, option);
  assert.match(stdout, "Without FILE: the five files of spec/conformance/flink");
});

it("exits with 2 and tells the file and the line that is wrong", () => {
  const wrong: readonly (readonly [name: string, line: string, says: RegExp])[] = [
    ["text.jsonl", "no JSON", /text\.jsonl, line 2 cannot be read: .*JSON/],
    ["other.jsonl", '{"a":1}', /other\.jsonl, line 2 is no vector of either format/],
    [
      "word.jsonl",
      RIGHT.replace('"w":"b"', '"w":"b","q":["forever"]'),
      /word\.jsonl, line 2 cannot be read: .*forever/,
    ],
  ];
  for (const [name, line, says] of wrong) {
    const { status, stdout, stderr } = conformance(fileOf(name, [RIGHT, line]));
    assert.is(status, 2, name);
    assert.is(stdout, "");
    assert.match(stderr, says);
    assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

it("exits with 2 at a file that is empty or missing, and at an argument that it does not know", () => {
  const empty = conformance(fileOf("empty.jsonl", [""]));
  assert.equal([empty.status, empty.stderr], [2, `${join(folder, "empty.jsonl")} has no vectors in it.\n`]);
  const missing = conformance(join(folder, "none.jsonl"));
  assert.is(missing.status, 2);
  assert.match(missing.stderr, /none\.jsonl cannot be read: ENOENT/);
  for (const args of [["--loud"], ["--show", "some"], ["--show", "-1"]]) {
    const { status, stderr } = conformance(...args);
    assert.is(status, 2, args.join(" "));
    assert.match(stderr, "\n\nnpm run conformance [-- [options] FILE...]\n");
  }
});

it("ends at Ctrl-C, in the middle of a file, with what it has printed: for a shell with 130", async () => {
  allowMs(30_000);
  const long = fileOf("long.jsonl", Array<string>(20_000).fill(RIGHT));
  const words = [...COMMAND, fileOf("short.jsonl", [RIGHT]), long];
  const { code, stdout } = await execute(process.execPath, words, { interruptAt: /./ });
  assert.is(code, null); // It ended by the signal, which a shell calls 128 + 2.
  assert.match(stdout, "short: 1 cases");
  assert.not.match(stdout, "long:");
});

it("is the script that package.json names", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly scripts: Record<string, string> };
  assert.match(scripts["conformance"] ?? "", / spec\/conformance\/run\.ts$/);
});

it.run();
