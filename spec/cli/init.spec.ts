// A new project, made and used as a stranger would: from a packed tarball, outside of the repository, with npm.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { execute, type Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject } from "./project.ts";

allowMs(240_000);

const it = suite("sequitur init");
const project = createProject();
it.after(() => project.remove());

const init = (...words: readonly string[]): Promise<Result> => sequitur(["init", ...words], { cwd: project.folder });
const FILES = [
  ".gitignore",
  "README.md",
  "events.ts",
  "package.json",
  "pattern.test.ts",
  "pattern.ts",
  "service.ts",
  "tsconfig.json",
];

/** Packs a copy of this package, so that nothing is built in the checkout while other specs run. */
function pack(): string {
  const copy = join(project.folder, "copy");
  mkdirSync(copy);
  for (const name of ["package.json", "tsconfig.json", "lib", "CHANGELOG.md", "LICENSE"])
    cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  const { stdout } = npm(["pack", "--json", "--pack-destination", project.folder], copy);
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string }];
  return join(project.folder, filename);
}

function npm(words: readonly string[], cwd: string): { readonly stdout: string } {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync("npm", words, { cwd, encoding: "utf8", env, maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`npm ${words.join(" ")} ended with ${status} in ${cwd}\n${stdout}\n${stderr}`);
  return { stdout };
}

it("from a packed tarball: installs, passes its own test, and shows alerts until Ctrl-C", async () => {
  const tarball = pack();
  const { code, stdout, stderr } = await init("my-rules", "--from", tarball);
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, /^my-rules is ready: 8 files\. Next:\n\n {2}cd my-rules\n {2}npm install\n/);
  assert.not.match(stdout, "registry");
  const folder = join(project.folder, "my-rules");
  assert.equal(readdirSync(folder).sort(), FILES);
  npm(["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], folder);
  const tested = npm(["test"], folder).stdout;
  assert.match(tested, /^# pass 5$/m);
  assert.match(tested, /^# fail 0$/m);
  assert.match(npm(["run", "check"], folder).stdout, "nothing wrong");
  assert.match((await untilAlerts("npm", ["start"], folder)).stderr, /\nstopped after/); // npm itself ends by the signal
  const started = await untilAlerts("node_modules/.bin/sequitur", ["run", "service.ts"], folder);
  assert.match(started.stdout, / {2}guessed-password {2}\w+ {2}user: "\w+", from: "192\.0\.2\.\d+", failures: 3\n/);
  assert.match(started.stderr, /records of "logins" = \d+ on time \+ 0 late \+ 0 dead letters/);
  assert.match(started.stderr, /\nstopped after/);
  assert.is(started.code, 0);
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith(".sequitur")),
    [],
  );
});

/** Runs a program until it has shown two alerts, and stops it as a terminal does: Ctrl-C goes to it and all it started. */
function untilAlerts(program: string, words: readonly string[], cwd: string): Promise<Result> {
  return execute(program, words, { cwd, interruptAt: /guessed-password[\s\S]*guessed-password/ });
}

it("depends on exact versions: its own, and those it is tested with", async () => {
  const { code, stdout } = await init("plain");
  assert.is(code, 0);
  const own = JSON.parse(readFileSync("package.json", "utf8"));
  const made = JSON.parse(readFileSync(join(project.folder, "plain", "package.json"), "utf8"));
  assert.is(made.name, "plain");
  assert.equal(made.dependencies, { sequitur: own.version });
  for (const [name, version] of Object.entries(made.devDependencies))
    assert.is(version, own.devDependencies[name], name);
  assert.match(stdout, `sequitur ${own.version} is not published to the npm registry yet`);
  assert.match(stdout, `sequitur init plain --force --from <path>/sequitur-${own.version}.tgz`);
});

it("prints commands that a shell takes as they are, whatever the folder is called", async () => {
  const folder = "bad name/it's";
  const { code, stdout } = await init(folder);
  assert.is(code, 0);
  const quoted = `'bad name/it'\\''s'`;
  assert.match(stdout, `\n  cd ${quoted}\n`);
  assert.match(stdout, `sequitur init ${quoted} --force`);
  const went = spawnSync("sh", ["-c", `cd ${quoted} && pwd`], { cwd: project.folder, encoding: "utf8" });
  assert.is(went.stdout, `${join(project.folder, folder)}\n`);
  assert.not.match(readFileSync(join(project.folder, folder, "README.md"), "utf8"), "npmjs.com");
});

it("refuses a folder that is not empty and says what is in the way; an empty repository is none", async () => {
  const folder = join(project.folder, "full");
  mkdirSync(join(folder, ".git"), { recursive: true });
  writeFileSync(join(folder, "service.ts"), "mine\n");
  writeFileSync(join(folder, "notes.txt"), "mine\n");
  const { code, stdout, stderr } = await init("full");
  assert.equal([code, stdout], [2, ""]);
  assert.match(
    stderr,
    "sequitur: full is not empty: there are notes.txt, service.ts. Choose another folder, or write into this one with --force",
  );
  assert.equal(readdirSync(folder).sort(), [".git", "notes.txt", "service.ts"]);
  assert.is(readFileSync(join(folder, "service.ts"), "utf8"), "mine\n");
  const forced = await init("full", "--force");
  assert.is(forced.code, 0);
  assert.match(forced.stdout, /^Overwrote service\.ts\.\n/);
  assert.is(readFileSync(join(folder, "notes.txt"), "utf8"), "mine\n");
  mkdirSync(join(project.folder, "repository", ".git"), { recursive: true });
  assert.is((await init("repository")).code, 0);
});

it("refuses a file as a folder, and packages that are not there or not built", async () => {
  project.write("file.txt", "");
  mkdirSync(join(project.folder, "unbuilt"));
  assert.match((await init("file.txt")).stderr, "file.txt is a file: give a folder that is empty or does not exist.");
  const missing = await init("other", "--from", "nowhere.tgz");
  assert.is(missing.code, 2);
  assert.match(missing.stderr, '--from nowhere.tgz: there is no such file or folder. Make a tarball with "npm pack"');
  assert.match((await init("other", "--from", "unbuilt")).stderr, "this folder holds no built package");
  assert.is(existsSync(join(project.folder, "other")), false);
  assert.match(
    (await init("file.txt/inner")).stderr,
    /file\.txt\/inner cannot be written: ENOTDIR.*Choose a folder of yours/,
  );
});

it("makes a name that npm allows of any folder", async () => {
  for (const [folder, name] of [
    ["My Rules!", "my-rules"],
    ["sequitur", "my-rules"],
    ["_x", "x"],
  ] as const) {
    await init(folder);
    assert.is(JSON.parse(readFileSync(join(project.folder, folder, "package.json"), "utf8")).name, name);
  }
});

it.run();
