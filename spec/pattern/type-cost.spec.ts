// What a long pattern costs the compiler, in types that it makes: unlike a time, the same on every machine.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const it = suite("cost of types");

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const FOLDER = fileURLToPath(new URL("../fixtures/type-cost", import.meta.url));

// It was 20,168 when this was written, in 0.1 s of checking, the types of Node.js included.
const MOST_INSTANTIATIONS = 60_000;

it("a pattern of twelve steps with loops, a group and a select needs few instantiations", async () => {
  const flags = ["--noEmit", "--extendedDiagnostics"];
  const { stdout } = await promisify(execFile)(process.execPath, [TSC, "-p", FOLDER, ...flags], { timeout: 60_000 });
  const instantiations = Number(/Instantiations:\s*(\d+)/.exec(stdout)?.[1]);
  assert.ok(instantiations > 0 && instantiations < MOST_INSTANTIATIONS, `${instantiations} instantiations`);
});

it.run();
