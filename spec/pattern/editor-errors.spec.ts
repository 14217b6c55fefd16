// What the editor says about wrong patterns: the compiler runs over a folder with one mistake per file, and each file says
// in its first line which words its author must get to read.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const it = suite("errors in the editor");

const FOLDER = "spec/fixtures/editor-errors";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SAYS = /^\/\/ says: (.*)$/gm;

let said = new Map<string, string>();
it.before(async () => {
  said = await compile();
});

const files = readdirSync(new URL(`../../${FOLDER}`, import.meta.url)).filter((file) => file.endsWith(".ts"));
const mistakes = files.filter((file) => file !== "events.ts");

for (const file of mistakes) {
  it(`${file.replace(".ts", "")} is refused with its sentence`, () => {
    const text = readFileSync(new URL(`../../${FOLDER}/${file}`, import.meta.url), "utf8");
    const sentences = [...text.matchAll(SAYS)].map(([, sentence]) => sentence ?? "");
    assert.ok(sentences.length > 0, "the file says no sentence");
    for (const sentence of sentences) {
      assert.ok(said.get(file)?.includes(sentence), `${sentence}\nis not in\n${said.get(file) ?? "(no error)"}`);
    }
  });
}

it("finds the mistakes and nothing else", () => {
  assert.ok(mistakes.length >= 40, `${mistakes.length} mistakes`);
  assert.equal([...said.keys()].sort(), mistakes.sort());
});

it.run();

/** The errors of each file, as the compiler prints them. Quotes inside quoted types are printed escaped. */
function compile(): Promise<Map<string, string>> {
  const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
  const args = [tsc, "-p", FOLDER, "--noEmit", "--pretty", "false"];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, timeout: 60_000 }, (_, stdout) => {
      const errors = new Map<string, string>();
      let file = "";
      for (const line of stdout.replaceAll('\\"', '"').split("\n")) {
        file = /^[^ ].*?([\w-]+\.ts)\(\d+,\d+\): error/.exec(line)?.[1] ?? file;
        if (line !== "") errors.set(file, `${errors.get(file) ?? ""}${line}\n`);
      }
      resolve(errors);
    });
  });
}
