import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import type { Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject } from "./project.ts";

allowMs(60_000);

const it = suite("command line");
const project = createProject();
it.after(() => project.remove());
const run = (...words: readonly string[]): Promise<Result> => sequitur(words, { cwd: project.folder });

const FROM_007 =
  'sequitur: --from 007: there is no such file or folder. Make a tarball with "npm pack" in a checkout of sequitur.\n';

it("tells its version", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const { code, stdout } = await run("--version");
  assert.is(code, 0);
  assert.ok(stdout.startsWith(`sequitur/${version} `), stdout);
});

it("helps: all commands, and every option of each, with the exit codes", async () => {
  const { code, stdout } = await run("--help");
  assert.is(code, 0);
  for (const command of [
    "run <service>",
    "check <service>",
    "explain <file> [pattern]",
    "test <file> [pattern]",
    "init <folder>",
  ])
    assert.match(stdout, `  ${command} `);
  const ofRun = await run("run", "--help");
  assert.is(ofRun.code, 0);
  for (const option of ["--input", "--output", "--late", "--dead-letters", "--json", "--quiet", "--verbose"])
    assert.match(ofRun.stdout, `  ${option} `);
  assert.match(ofRun.stdout, "Exit codes:\n  0    all went well");
  assert.match(ofRun.stdout, "130");
  assert.match(ofRun.stdout, /Examples:\n {2}\$ sequitur run service\.ts\n/);
  assert.not.match(ofRun.stdout, / $/m);
  for (const [command, ofTwo] of [
    ["check", "2    something is wrong"],
    ["explain", "2    a wrong option, file"],
    ["init", "2    a wrong option, file"],
    ["test", "130  it was stopped"],
  ] as const) {
    const { stdout: help } = await run(command, "--help");
    assert.match(help, ofTwo);
    assert.not.match(help, "--processes");
  }
});

it("helps and exits with 2 if nothing was asked", async () => {
  const { code, stdout } = await run();
  assert.is(code, 2);
  assert.match(stdout, "Commands:");
});

/** Command lines, and what is said of them. */
const UNKNOWN: readonly (readonly [readonly string[], string])[] = [
  [["rnu", "service.ts"], 'sequitur: there is no command "rnu". Did you mean "sequitur run"? See "sequitur --help".\n'],
  [
    ["service.ts"],
    'sequitur: there is no command "service.ts". Did you mean "sequitur run service.ts"? See "sequitur --help".\n',
  ],
  [
    ["deploy"],
    'sequitur: there is no command "deploy". There are: run, check, explain, test, init, status, reset, build. See "sequitur --help".\n',
  ],
  [["run", "service.ts", "--ouptut", "x"], 'sequitur: "sequitur run" has no option --ouptut. Did you mean --output?\n'],
  [
    ["run", "service.ts", "--dead-leters", "x"],
    'sequitur: "sequitur run" has no option --dead-leters. Did you mean --dead-letters?\n',
  ],
  [
    ["explain", "service.ts", "--brokers=x"],
    'sequitur: "sequitur explain" has no option --brokers. See "sequitur explain --help".\n',
  ],
  [
    ["run", "service.ts", "--input"],
    'sequitur: --input needs a value: --input <[topic=]path>. See "sequitur run --help".\n',
  ],
  [
    ["run", "service.ts", "--output", "--quiet"],
    'sequitur: --output needs a value: --output <path>. See "sequitur run --help".\n',
  ],
  [["run", "service.ts", "--late", "a", "--late", "b"], "sequitur: --late was given 2 times (a, b): give it once.\n"],
  [["run"], 'sequitur: "sequitur run" needs a service: sequitur run <service>. See "sequitur run --help".\n'],
  [
    ["check", "a.ts", "b.ts"],
    'sequitur: "sequitur check <service>" does not know what to do with "b.ts". See "sequitur check --help".\n',
  ],
  [
    ["check", "a.ts", "--", "b.ts"],
    'sequitur: "sequitur check <service>" does not know what to do with "b.ts". See "sequitur check --help".\n',
  ],
  [["-x"], 'sequitur: "sequitur" has no option -x. See "sequitur --help".\n'],
  [
    ["run", "service.ts", "--__proto__", "x"],
    'sequitur: "sequitur run" has no option --__proto__. See "sequitur run --help".\n',
  ],
  [
    ["run", "service.ts", "--input.path", "x"],
    'sequitur: "sequitur run" has no option --input.path. See "sequitur run --help".\n',
  ],
  [["run", "service.ts", "-json"], 'sequitur: "sequitur run" has no option --json. Did you mean --json?\n'],
  [
    ["run", "service.ts", "--input", ""],
    'sequitur: --input needs a value: --input <[topic=]path>. See "sequitur run --help".\n',
  ],
  [["run", ""], 'sequitur: "sequitur run" needs a service: sequitur run <service>. See "sequitur run --help".\n'],
  // Paths that look like numbers are paths.
  [["init", "x", "--from", "007"], FROM_007],
  [["init", "x", "--from=1e3"], FROM_007.replace("007", "1e3")],
];

it("says what is unknown and what was probably meant, with exit code 2", async () => {
  const check = async ([words, says]: (typeof UNKNOWN)[number]): Promise<void> => {
    const { code, stdout, stderr } = await run(...words);
    assert.equal([code, stdout, stderr], [2, "", says]);
  };
  await Promise.all(UNKNOWN.map(check));
});

it("complains in JSON if asked to", async () => {
  const { code, stderr } = await run("run", "nowhere.ts", "--json");
  assert.is(code, 2);
  const { error } = JSON.parse(stderr);
  assert.equal([error.name, error.code], ["ConfigError", "FILE_NOT_FOUND"]);
});

it.run();
