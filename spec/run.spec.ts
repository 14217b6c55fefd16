// Each hole through which a broken spec could pass as a good one has a fixture that falls into it.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectFiles } from "./run/files.ts";
import { SLOWEST, startOrder } from "./run/order.ts";
import { type FileReport, runFiles } from "./run/parallel.ts";
import { showFile, showTotal } from "./run/show.ts";

const FOLDER = "spec/fixtures/run";
const fixtures = readdirSync(FOLDER)
  .sort()
  .map((name) => `${FOLDER}/${name}`);

const it = suite("spec/run");
const shown: string[] = [];
let reports: ReadonlyMap<string, FileReport>;

/** Nothing fails by it because the machine is busy; fixtures that are meant to be too slow allow themselves a twentieth. */
const LIMIT_MS = 20_000;

it.before(async () => {
  const options = { jobs: 5, limitMs: LIMIT_MS, ci: true };
  const all = await runFiles(fixtures, options, (report) => shown.push(report.file));
  reports = new Map(all.map((report) => [report.file, report]));
});

/** Asserts how the fixture ended, and that its failures, joined, say `texts`. */
function expect(fixture: string, counts: readonly [passed: number, failed: number], ...texts: RegExp[]): void {
  const report = reports.get(`${FOLDER}/${fixture}.ts`);
  assert.ok(report, fixture);
  const said = report.failures.map(({ where, what }) => `${where}: ${what}`).join("\n");
  assert.equal([report.passed, report.failed], counts, said);
  for (const text of texts) assert.match(said, text);
}

it("passes what is good", () => expect("good", [2, 0]));

it("fails a wrong test and shows expected and actual", () => {
  expect("failing-test", [1, 1], /fixture › is wrong/);
  assert.match(reports.get(`${FOLDER}/failing-test.ts`)?.output ?? "", /Actual:[\s\S]*Expected:/);
});

it("fails when a hook throws, and counts the tests that the hook has swallowed", () => {
  expect(
    "before-throws",
    [0, 3],
    /before hook threw: .*no table laid/,
    /did not run: "never runs", "never runs either"/,
  );
  expect("before-each-throws", [0, 1], /never runs: its before.each hook threw: .*no plate/);
  expect("after-throws", [1, 1], /after hook threw: .*the table stays/);
  expect("after-each-throws", [0, 2], /after.each hook threw: .*the plate broke/, /did not run: "is hidden by uvu"/);
});

it("runs the suites after one whose hook threw", () => expect("two-suites", [3, 1], /^first: its after hook threw/));

it("fails a file in which nothing runs", () => {
  expect("no-run", [0, 1], /no "\.run\(\)" follows "is registered and forgotten"/);
  expect("late-test", [1, 1], /no "\.run\(\)" follows "comes too late"/);
  expect("empty", [0, 1], /runs no test/);
  expect("no-test", [0, 1], /has no test/);
});

it("fails a leftover .only in CI and says so elsewhere", async () => {
  expect("only", [1, 1], /\.only is left in: fixture › is the only one/);
  const [local] = await runFiles([`${FOLDER}/only.ts`], { jobs: 1, limitMs: LIMIT_MS, ci: false });
  assert.is(local?.failed, 0);
  assert.is(local?.skipped, 1);
  assert.match(local?.notes.join() ?? "", /\.only is left in.*CI refuses that/);
});

it("fails a skip without a reason in CI and prints the reason of any other", async () => {
  expect("skip-silent", [1, 1], /1 skipped without a reason/);
  expect("skip-with-reason", [1, 0]);
  assert.equal(reports.get(`${FOLDER}/skip-with-reason.ts`)?.notes, ["skipped: there is no broker here"]);
  const [local] = await runFiles([`${FOLDER}/skip-silent.ts`], { jobs: 1, limitMs: LIMIT_MS, ci: false });
  assert.equal([local?.failed, local?.skipped], [0, 1]);
});

it("fails a leaked handle and names it", () => {
  expect("leak-timer", [1, 1], /still open: a timer; Timeout opened at .*leak-timer\.ts:6:/);
  expect("leak-server", [1, 1], /still open: server on .*127\.0\.0\.1/);
  expect("leak-process", [1, 1], /still open: child process \d+: .* opened at .*leak-process\.ts:8:/);
});

it("kills what a spec has started and left behind", () => {
  const pid = /leaked pid (\d+)/.exec(reports.get(`${FOLDER}/leak-process.ts`)?.output ?? "")?.[1];
  assert.ok(pid);
  assert.not(isAlive(Number(pid)));
});

it("fails a promise that never settles at once and names the test", () => {
  expect("never-settles-twice", [1, 2], /waits for nothing: its promise never settles/, /waits for nothing either/);
  expect("import-never-settles", [0, 1], /loading the file: .*never settles/);
});

it("fails a test beyond its time limit and runs the next; a file may ask for more", () => {
  expect("slow", [1, 1], /fixture › is slow: took longer than 1000 ms/);
  expect("slow-allowed", [1, 0]);
});

it("kills a test that blocks its process and names it", () => {
  expect("blocks", [0, 1], /fixture › never yields: blocked its process for longer than 1000 ms/);
});

it("fails rejections and exceptions that nobody handles", () => {
  expect("unhandled-rejection", [1, 1], /a rejection that nobody handles: .*nobody listens/);
  expect("law-without-await", [1, 1], /a rejection that nobody handles: .*Property failed/);
  expect("uncaught-exception", [1, 1], /an exception that nobody catches: .*nobody catches/);
});

it("fails process.exit inside a spec, even a caught one, and any other early end", () => {
  expect("exits", [1, 1], /fixture › leaves: .*process\.exit\(0\) was called inside a spec/);
  expect("dies", [0, 1], /fixture › is killed: ended the process \(SIGKILL\)/);
});

it("fails a file that cannot be loaded", () => {
  expect("throws-at-import", [0, 1], /loading the file: .*not even loaded/);
  expect("imports-nothing", [0, 1], /loading the file: .*there-is-no-such-file/);
});

it("fails a thrown value that is no Error", () => {
  expect("throws-no-error", [0, 2], /threw 'a string', which is no Error/, /threw undefined, which is no Error/);
});

it("shows the notes of a file that passes", () => {
  expect("note", [1, 0]);
  assert.match(showFile(reports.get(`${FOLDER}/note.ts`) as FileReport), /1 passed, 0 failed.*\n {4}counted 42 pairs/);
});

it("reports in the order of the files, however long each takes", () => {
  assert.equal(shown, fixtures);
});

it("starts the slowest files first, then the others in their order", () => {
  assert.equal(startOrder(["a", "b", "c", "d"], ["d", "x", "b"]), [3, 1, 0, 2]);
  const { files } = selectFiles([]);
  assert.equal(
    SLOWEST.filter((file) => !files.includes(file)),
    [],
    "spec/run/order.ts names a file that is gone",
  );
});

it("selects files, folders and parts of paths; never fixtures unless named", () => {
  assert.equal(selectFiles(["spec/run.spec.ts"]), { files: ["spec/run.spec.ts"], unmatched: [] });
  assert.equal(selectFiles([`./${FOLDER}/good.ts`]).files, [`${FOLDER}/good.ts`]);
  assert.ok(selectFiles(["spec"]).files.includes("spec/run.spec.ts"));
  assert.ok(selectFiles(["run.sp"]).files.includes("spec/run.spec.ts"));
  assert.ok(selectFiles([]).files.includes("spec/run.spec.ts"));
  assert.not(selectFiles([]).files.some((file) => file.includes("fixtures")));
  assert.equal(selectFiles(["run.spec", "no-such-thing"]).unmatched, ["no-such-thing"]);
});

it("ends with one plain line", () => {
  const good = reports.get(`${FOLDER}/good.ts`) as FileReport;
  const skipping = reports.get(`${FOLDER}/skip-with-reason.ts`) as FileReport;
  assert.is(showTotal([good], 0), "2 passed, 0 failed");
  assert.is(showTotal([good, skipping], 1), "3 passed, 1 failed, 1 skipped");
});

it("exits with 0 only if something ran and all of it passed", () => {
  assert.equal(command(`${FOLDER}/good.ts`), [0, "2 passed, 0 failed"]);
  assert.equal(command(`${FOLDER}/good.ts`, `${FOLDER}/failing-test.ts`), [1, "3 passed, 1 failed"]);
  assert.equal(command("no-such-thing"), [1, "0 passed, 1 failed"]);
  assert.equal(command(`${FOLDER}/good.ts`, "no-such-thing"), [1, "2 passed, 1 failed"]);
  assert.equal(command("--coverage", `${FOLDER}/good.ts`), [0, "2 passed, 0 failed"]);
  assert.is(command("--jobs", "none")[0], 2);
  assert.is(command("--frobnicate")[0], 2);
});

/** A process that is dead but that nobody has asked about yet is no longer alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && process.platform !== "linux";
  }
}

/** Exit code and last line of the runner as a command. */
function command(...args: string[]): [code: number | null, lastLine: string] {
  const ran = spawnSync(process.execPath, ["--import", "tsx", "spec/run.ts", ...args], { encoding: "utf8" });
  return [ran.status, ran.stdout.trimEnd().split("\n").at(-1) ?? ""];
}

it.run();
