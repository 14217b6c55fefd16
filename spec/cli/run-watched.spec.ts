// The command, watched: its log in JSON. Its pages are in spec/documents/watching.spec.ts, as a user sees them.

import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import type { Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject } from "./project.ts";

allowMs(60_000);

const it = suite("sequitur run, watched");

const SERVICE = "samples/first-steps/service.ts";
const EVENTS = "samples/first-steps/events.ndjson";

const runHere = (...words: readonly string[]): Promise<Result> =>
  sequitur(["run", SERVICE, "--input", EVENTS, ...words], { cwd: process.cwd() });

const parsed = (text: string): readonly Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it("with --log json every line of standard error is an object, and none shows an event", async () => {
  const { code, stderr, stdout } = await runHere("--log", "json");
  assert.is(code, 0);
  const lines = parsed(stderr);
  assert.equal(
    lines.flatMap(({ level, app, msg }) => (msg === undefined ? [] : [[level, app, msg]])),
    [
      ["info", "doors", "service is running"],
      ["warn", "doors", "first of its kind; more are only counted"], // a record is broken
      ["warn", "doors", "first of its kind; more are only counted"], // another is late
      ["info", "doors", "service is stopped"],
    ],
  );
  assert.is(lines.filter(({ summary }) => summary !== undefined).length, 1, "and the summary");
  assert.not.match(stderr, /cellar|office|garage/);
  assert.match(stdout, /left-open {2}cellar/, "alerts are as they were");
});

it("and so is what it ends with", async () => {
  const project = createProject({ "package.json": '{"type":"module"}', "events.ndjson": "[]\n" });
  try {
    const service = `${process.cwd()}/${SERVICE}`;
    const ran = await sequitur(["run", service, "--input", "events.ndjson", "--log=json"], { cwd: project.folder });
    assert.is(ran.code, 1);
    const last = parsed(ran.stderr).at(-1) as { readonly error: { readonly code: string; readonly message: string } };
    assert.match(last.error.message, /nothing|no record|none/i);
  } finally {
    project.remove();
  }
});

it("--log-level says from what on", async () => {
  const { stderr } = await runHere("--log", "text", "--log-level", "info", "--quiet");
  assert.match(stderr, /^info: service is running\nwarn: first of its kind/);
});

it("a wrong word is refused, with what was probably meant", async () => {
  const { code, stderr } = await runHere("--log-level", "wrn", "--log", "json");
  assert.is(code, 2);
  assert.match(stderr, /there are debug, info, warn, error\. Did you mean warn\?/);
});

it("reads nothing if its port is taken", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { readonly port: number };
    const { code, stdout, stderr } = await runHere("--http-port", String(port), "--json");
    assert.equal([code, stdout], [2, ""]);
    assert.match(stderr, /HTTP_PORT_IN_USE/);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

it.run();
