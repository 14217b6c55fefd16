import { PassThrough } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { eachLine, numbered } from "../../lib/cli/relay.ts";

const it = suite("what other processes print");

it("comes line by line, however it was cut, and the last line without its break", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const text of ["on", "e\ntwo\nth", "ree\n\nf\u00fc", "nf"]) stream.write(text);
  await new Promise<void>((resolve) => stream.end(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(lines, ["one", "two", "three", "", "fünf"]);
});

it("a line without end does not fill the memory", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (let part = 0; part < 24; part += 1) stream.write("x".repeat(100_000));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(lines.length >= 1);
  assert.ok(lines.every((line) => line.length <= 1_200_000));
  stream.destroy(new Error("gone"));
  await new Promise((resolve) => setImmediate(resolve));
});

it("tells which process it was: in front of text, in a field of JSON", () => {
  assert.is(numbered("service is running", 2), "[2] service is running");
  assert.is(numbered('{"level":"info","msg":"x"}', 3), '{"process":3,"level":"info","msg":"x"}');
  assert.is(numbered("{ no JSON", 1), "[1] { no JSON");
});

it.run();
