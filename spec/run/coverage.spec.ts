// Whether the runner finds what was not run, on code of which that is known by the line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { measureCoverage, prepareCounts, type RoomCoverage } from "./coverage.ts";
import { showCoverage, showMisses } from "./floors.ts";
import { runFiles } from "./parallel.ts";

const FOLDER = "spec/fixtures/measured";
const scratch = mkdtempSync(join(tmpdir(), "sequitur-coverage-"));
const counts = join(scratch, "counts");

const it = suite("spec/run/coverage");
let afterSome: readonly RoomCoverage[];
it.before(async () => {
  afterSome = await measureAfter("runs-some");
});
it.after(() => rmSync(scratch, { recursive: true }));

/** Runs fixtures, counting, and measures what they have run of the code beside them. */
async function measureAfter(...names: readonly string[]): Promise<readonly RoomCoverage[]> {
  prepareCounts(counts);
  const files = names.map((name) => `${FOLDER}/${name}.ts`);
  const reports = await runFiles(files, { jobs: 2, limitMs: 10_000, ci: true, countsFolder: counts });
  assert.ok(reports.every(({ failed }) => failed === 0));
  return measureCoverage(`${FOLDER}/code`, counts);
}

/** `line:column text` of what was not run in a file. */
const gapsOf = (rooms: readonly RoomCoverage[], path: string): readonly string[] =>
  rooms
    .flatMap(({ gaps }) => gaps)
    .filter(({ file }) => file === `${FOLDER}/code/${path}.ts`)
    .map(({ line, column, text }) => `${line}:${column} ${text.replace(/ *\/\/ .*/, "")}`);

it("names every line and every part of a line that was not run, by its place in the source", () => {
  assert.equal(gapsOf(afterSome, "partial/known"), [
    "8:68 3 * shape.radius ** 2;",
    "9:15 { const loud = String(size).toUpperCase();",
    "18:23 shape: Shape): string => { return area(shape, true);",
    '26:5 case "circle": return "circle";',
  ]);
  assert.equal(gapsOf(afterSome, "partial/forgotten"), ["1:1 (nothing loads it)"]);
});

it("counts neither comments nor types nor what the compiler proves to be out of reach", () => {
  const [full, partial] = afterSome;
  assert.equal(
    afterSome.map(({ room }) => room),
    ["full", "partial"],
  );
  assert.equal(full?.gaps, []);
  assert.equal(full?.lines, { run: 8, all: 8 });
  assert.is(full?.branches.run, full?.branches.all);
  assert.equal(partial?.lines, { run: 15 - 5, all: 15 + 2 });
});

it("takes the processes together", async () => {
  const rooms = await measureAfter("runs-some", "runs-the-circle");
  assert.is(gapsOf(rooms, "partial/known").length, 3);
  assert.not(gapsOf(rooms, "partial/known").some((gap) => gap.includes("circle")));
});

it("counts nothing that nothing has run", async () => {
  const rooms = await measureAfter();
  assert.equal(
    rooms.map(({ lines }) => lines.run),
    [0, 0],
  );
  assert.equal(gapsOf(rooms, "full/full"), ["1:1 (nothing loads it)"]);
});

it("misses a floor as soon as one line or arm too many is missing, and lists what", () => {
  const gaps = [{ file: "lib/time/a.ts", line: 7, column: 3, text: "x".repeat(100) }];
  const all = { run: 1000, all: 1000 };
  const room = (name: string, lines: number, branches: number): RoomCoverage => ({
    room: name,
    lines: { run: lines, all: 1000 },
    branches: { run: branches, all: 1000 },
    gaps,
  });
  assert.equal(showMisses([{ room: "time", lines: all, branches: all, gaps: [] }]), []);
  assert.equal(showMisses([room("time", 1000, 980), room("cli", 950, 900)]), []);
  assert.is(showMisses([room("time", 999, 1000), room("time", 1000, 979)]).length, 2);
  assert.is(showMisses([room("cli", 949, 1000), room("cli", 1000, 899), room("a-new-room", 900, 900)]).length, 3);
  assert.is(
    showMisses([room("time", 999, 1000)])[0],
    `✘ coverage of time: specs have to run 100 % of its lines and 98 % of its branches. What they do not run:\n    lib/time/a.ts:7:3  ${"x".repeat(80)}…`,
  );
});

it("shows a table that never rounds up", () => {
  const rooms = [{ room: "time", lines: { run: 9999, all: 10_000 }, branches: { run: 0, all: 0 }, gaps: [] }];
  assert.is(showCoverage(rooms).split("\n")[1], "time            99.9 %   100.0 %");
});

it.run();
