import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { env } from "../../lib/service/env.ts";

const it = suite("env");

it.before.each(() => {
  process.env["SEQUITUR_SPEC_BROKERS"] = "one:9092";
  process.env["SEQUITUR_SPEC_EMPTY"] = "";
});

it.after.each(() => {
  for (const name of ["SEQUITUR_SPEC_BROKERS", "SEQUITUR_SPEC_EMPTY"]) delete process.env[name];
});

it("gives what is set", () => {
  assert.is(env("SEQUITUR_SPEC_BROKERS"), "one:9092");
  assert.is(env("SEQUITUR_SPEC_BROKERS", "other"), "one:9092");
});

it("gives the other value where nothing is set, or nothing in it", () => {
  assert.is(env("SEQUITUR_SPEC_NOTHING", "other"), "other");
  assert.is(env("SEQUITUR_SPEC_EMPTY", "other"), "other");
  assert.is(env("SEQUITUR_SPEC_EMPTY", ""), "");
});

const missing = (name: string, said: RegExp): void =>
  assert.throws(
    () => env(name),
    (error: unknown) => error instanceof ConfigError && error.code === "MISSING_ENV" && said.test(error.message),
  );

it("says what is missing, and what was near, but no value", () => {
  missing("SEQUITUR_SPEC_BROKER", /SEQUITUR_SPEC_BROKER is not set\. SEQUITUR_SPEC_BROKERS is set: is that the one\?/);
  missing("SEQUITUR_SPEC_EMPTY", /SEQUITUR_SPEC_EMPTY is empty/);
  missing("QQQ_ZZZ_XXX", /^The environment variable QQQ_ZZZ_XXX is not set\. Set it, for example/);
  assert.throws(
    () => env("SEQUITUR_SPEC_BROKER"),
    (error: Error) => !error.message.includes("one:9092"),
  );
});

it.run();
