import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { execute } from "../run/execute.ts";
import { SEQUITUR, sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { ALERT, EVENTS, PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(60_000);

const it = suite<{ project: Project }>("what a user's module may do to the command");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "events.ndjson": EVENTS,
  });
});
it.after.each(({ project }) => project.remove());

const RUN = ["run", "service.ts", "--input", "events.ndjson"] as const;

it("prints with console to standard error, so that results stay clean", async ({ project }) => {
  const chatty = 'console.log("loading"); console.table([1]); console.info("more");\n';
  project.write("service.ts", SERVICE_TS + chatty);
  const run = await sequitur(RUN, { cwd: project.folder });
  assert.is(run.stdout, ALERT);
  assert.match(run.stderr, "loading");
  const explained = await sequitur(["explain", "service.ts", "--json"], { cwd: project.folder });
  assert.is(JSON.parse(explained.stdout)[0].pattern, "probing");
});

it("says so when the process is ended by it, which is never a success", async ({ project }) => {
  for (const code of [0, 3]) {
    project.write("service.ts", `${SERVICE_TS}process.exit(${code});\n`);
    const run = await sequitur(RUN, { cwd: project.folder });
    assert.is(run.code, 1);
    assert.match(run.stderr, `sequitur: the code of the file ended the process itself, with process.exit(${code})`);
  }
  project.write("pattern.ts", PATTERN_TS.replace(/\.select\(.*\)/, ".select(() => process.exit(0))"));
  project.write("service.ts", SERVICE_TS);
  const run = await sequitur([...RUN, "--json"], { cwd: project.folder });
  assert.is(run.code, 1);
  assert.is(JSON.parse(run.stderr).error.code, "PROCESS_ENDED");
});

it("says so when a module waits for what never comes", async ({ project }) => {
  project.write("service.ts", `await new Promise(() => {});\n${SERVICE_TS}`);
  const { code, stderr } = await sequitur(["check", "service.ts"], { cwd: project.folder });
  assert.is(code, 1);
  assert.match(stderr, /^still loading service\.ts: .*\nsequitur: the file never finished loading: /);
});

it("tells what failed where nobody waited for it, without a stack", async ({ project }) => {
  for (const [fails, said] of [
    ['Promise.reject(new Error("lost"))', "sequitur: Error: lost. Run again with --verbose"],
    [
      "setTimeout(() => { throw { a: 1 }; }, 0); await new Promise((r) => setTimeout(r, 500))",
      "no Error: [object Object]",
    ],
    ["Promise.reject(Object.create(null))", "no Error: something that has no text"],
  ] as const) {
    project.write("service.ts", `${SERVICE_TS}${fails};\n`);
    const { code, stderr } = await sequitur(RUN, { cwd: project.folder });
    assert.is(code, 1, stderr);
    assert.ok(stderr.includes(said), stderr);
    assert.not.match(stderr, /^ {4}at /m);
  }
});

it("goes on if nobody reads its progress, and fails if its results cannot be written", async ({ project }) => {
  project.write("service.ts", SERVICE_TS);
  const command = [process.execPath, ...SEQUITUR].map((word) => `'${word}'`).join(" ");
  const run = (rest: string) => execute("bash", ["-c", `${command} ${rest}`], { cwd: project.folder });
  const deaf = await run(`${RUN.join(" ")} 2>/dev/full`);
  assert.equal([deaf.code, deaf.stdout], [0, ALERT]);
  for (const rest of ["check service.ts >/dev/full", "explain service.ts >/dev/full", "init x >/dev/full"]) {
    const full = await run(rest);
    assert.is(full.code, 1, rest);
    assert.match(full.stderr, "sequitur: writing to standard output failed: ");
  }
});

it.run();
