// Secrets are read late, from where they stand, and are shown nowhere.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/core/errors.ts";
import type { Secret } from "../../../lib/transports/kafka/options.ts";
import {
  type Environment,
  hideSecret,
  readSecret,
  remembered,
  secretReader,
  withoutSecrets,
} from "../../../lib/transports/kafka/secrets.ts";

const it = suite("secrets");
const folder = mkdtempSync(join(tmpdir(), "sequitur-secrets-"));
const file = join(folder, "password");
it.after(() => rmSync(folder, { recursive: true }));

const read = (secret: Secret, env: Environment = {}): string => readSecret(hideSecret(secret), "the password", env);

function refusalOf(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

it("does not show itself, however it is printed, within whatever", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12, unit: "grapheme-ascii" }), (text) => {
      const hidden = hideSecret(text);
      const shown = [
        String(hidden),
        `${hidden}`,
        JSON.stringify({ a: [hidden] }),
        inspect({ hidden }, { depth: null, showHidden: true }),
        Object.entries(hidden).join(),
      ].join("\n");
      assert.not.ok(shown.includes(text));
      assert.is(readSecret(hidden, "it", {}), text);
    }),
  );
  assert.is(inspect(hideSecret("x".repeat(9))), "[secret]");
  assert.is(JSON.stringify(hideSecret({ env: "NAME" })), '"[secret: the environment variable NAME]"');
  assert.is(String(hideSecret({ file: "/run/x" })), '[secret: the file "/run/x"]');
});

it("is read from a variable when it is wanted", () => {
  assert.is(read({ env: "PASSWORD" }, { PASSWORD: "one" }), "one");
  for (const [env, state] of [
    [{}, "is not set"],
    [{ PASSWORD: "" }, "is empty"],
  ] as const) {
    const error = refusalOf(() => read({ env: "PASSWORD" }, env));
    assert.is(error.code, "MISSING_SECRET");
    assert.is(
      error.message,
      `The environment variable PASSWORD should hold the password and ${state}. Set it for this process.`,
    );
  }
});

it("is read from a file without the newline at its end, and only that one", () => {
  for (const [text, value] of [
    ["secret", "secret"],
    ["secret\n", "secret"],
    ["secret\r\n", "secret"],
    ["secret\n\n", "secret\n"],
    [" two words \n", " two words "],
  ] as const) {
    writeFileSync(file, text);
    assert.is(read({ file }), value);
  }
  writeFileSync(file, "\n");
  assert.match(
    refusalOf(() => read({ file })).message,
    /password" should hold the password and is empty\. Write it there/,
  );
  assert.match(
    refusalOf(() => read({ file: join(folder, "none") })).message,
    /none" should hold .* does not exist\. Relative names start from/,
  );
  assert.match(refusalOf(() => read({ file: folder })).message, /is a folder/);
  assert.match(refusalOf(() => read({ file: "a\0b" })).message, /cannot be read \(ERR_INVALID_ARG_VALUE\)/);
});

it("is read again each time; once it was there, its loss is a warning", () => {
  const warnings: string[] = [];
  writeFileSync(file, "first");
  const next = secretReader(hideSecret({ file }), "the password", {}, (_, message) => warnings.push(message));
  assert.is(next(), "first");
  writeFileSync(file, "second");
  assert.is(next(), "second");
  rmSync(file);
  assert.is(next(), "second");
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /does not exist.* The value read before is used\.$/);
  const never = secretReader(hideSecret({ file }), "the password", {}, () => {});
  assert.is(refusalOf(never).code, "MISSING_SECRET");
});

it("is cut out of what others write, also after many others", () => {
  remembered("correct-horse");
  assert.is(withoutSecrets("login with correct-horse: correct-horse failed"), "login with [secret]: [secret] failed");
  for (let index = 0; index < 40; index += 1) remembered(`token-number-${index}-`);
  assert.is(withoutSecrets("correct-horse"), "[secret]");
  remembered("short");
  assert.is(withoutSecrets("a short text"), "a short text");
  for (let index = 0; index < 200; index += 1) remembered(`token-${index}-`);
  assert.is(withoutSecrets("correct-horse token-199-"), "correct-horse [secret]");
});

it.run();
