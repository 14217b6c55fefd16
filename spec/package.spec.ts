// What users get: the tarball, built, packed and installed into an empty project.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ENTRIES, publicNames } from "./architecture/public-names.ts";
import { projectFiles } from "./architecture/source.ts";
import { allowMs, note } from "./run/ask.ts";

allowMs(180_000);

const it = suite("package");
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { version: string; dependencies: object };
const scratch = mkdtempSync(join(tmpdir(), "sequitur-package-"));
const project = join(scratch, "project");
let tarball = "";
let packed: readonly string[] = [];

it.before(() => {
  const [pack] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", scratch]).stdout) as [
    { filename: string; size: number; files: { path: string }[] },
  ];
  tarball = join(scratch, pack.filename);
  packed = pack.files.map(({ path }) => path);
  note(`tarball: ${pack.size} bytes, ${packed.length} files`);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "empty", "private": true, "type": "module" }\n');
  // Nothing may depend on install scripts: many people switch them off.
  run("npm", ["install", tarball, "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], project);
});

it.after(() => rmSync(scratch, { recursive: true, force: true }));

it("holds the build, its sources, and the papers; no specs, no settings", () => {
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  const rest = packed.filter((path) => !/^(dist|lib)\//.test(path));
  assert.equal([...rest].sort(), papers);
  const kinds = new Set(packed.filter((path) => /^(dist|lib)\//.test(path)).map((path) => path.replace(/^.*?\./, ".")));
  const expected = new Set([".d.ts", ".d.ts.map", ".js", ".js.map", ".md", ".ts"]);
  assert.equal(
    [...kinds].filter((kind) => !expected.has(kind)),
    [],
  );
});

it("holds for each source its build, and for each map its source", () => {
  const inside = new Set(packed);
  const built = packed.filter((path) => /^lib\/.*\.ts$/.test(path)).map((path) => path.replace(/^lib|\.ts$/g, ""));
  const missing = built.flatMap((path) => [`dist${path}.js`, `dist${path}.d.ts`].filter((file) => !inside.has(file)));
  assert.equal(missing, []);
  for (const map of packed.filter((path) => path.endsWith(".js.map"))) {
    const { sources } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
    for (const source of sources) assert.ok(inside.has(posix.join(posix.dirname(map), source)), `${map}: ${source}`);
  }
});

it("installs nothing beside its dependencies, and what these need", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, { dev?: boolean }> };
  const needed = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path]) => path.split("/")[1] ?? "");
  const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
  note(`${installed.length} packages installed`);
  assert.equal(installed.sort(), [...new Set(["sequitur", ...needed])].sort());
  for (const name of Object.keys(manifest.dependencies)) assert.ok(installed.includes(name), name);
});

it("works without fast-check where no tests are written, and takes the copy of the project where they are", () => {
  const bare = spawnSync(process.execPath, ["--input-type=module", "--eval", 'import "sequitur/testing"'], {
    cwd: project,
    encoding: "utf8",
  });
  assert.match(bare.stderr, "Cannot find package 'fast-check'");
  run(process.execPath, ["--input-type=module", "--eval", 'import "sequitur"; import "sequitur/service"'], project);
  writeFileSync(
    join(project, "any.mjs"),
    'import { pattern } from "sequitur"; export const any = pattern("any").begin("it");\n',
  );
  const test = spawnSync("npx", ["--no-install", "sequitur", "test", "any.mjs"], { cwd: project, encoding: "utf8" });
  assert.is(test.status, 2);
  assert.match(test.stderr, 'not installed. Run "npm install --save-dev fast-check" in the project.');
  const { version } = JSON.parse(readFileSync("node_modules/fast-check/package.json", "utf8")) as { version: string };
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  run("npm", ["install", "--save-dev", `fast-check@${version}`, ...quiet], project);
  const { stdout } = run("npx", ["--no-install", "sequitur", "test", "any.mjs", "--runs", "5"], project);
  assert.match(stdout, "any.mjs: 1 pattern, ");
});

it("is imported by plain Node under each of its names", () => {
  const files = projectFiles();
  for (const [specifier, entry] of Object.entries(ENTRIES)) {
    const program = `console.log(JSON.stringify(Object.keys(await import("${specifier}"))))`;
    const { stdout } = run(process.execPath, ["--input-type=module", "--eval", program], project);
    const values = publicNames(files, entry).filter(({ isType }) => !isType);
    assert.equal(
      (JSON.parse(stdout) as string[]).sort(),
      values.map(({ name }) => name),
    );
  }
});

it("is required by plain Node, too", () => {
  run(
    process.execPath,
    [
      "--input-type=commonjs",
      "--eval",
      'require("sequitur"); require("sequitur/service"); require("sequitur/kafka"); require("sequitur/testing");',
    ],
    project,
  );
});

it("gives its types to a strict project", () => {
  const imports = Object.keys(ENTRIES).map((specifier, index) => `import * as entry${index} from "${specifier}";`);
  const uses = Object.keys(ENTRIES).map((_, index) => `const names${index}: string[] = Object.keys(entry${index});`);
  writeFileSync(join(project, "user.ts"), [...imports, ...uses, "export { names0, names1 };", ""].join("\n"));
  const tsc = resolve("node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--lib", "es2023"];
  const types = ["--types", "node", "--typeRoots", resolve("node_modules/@types")];
  run(process.execPath, [tsc, ...options, ...types, "user.ts"], project);
});

it("brings the command", () => {
  const [name, version] = run("npx", ["--no-install", "sequitur", "--version"], project).stdout.trim().split(/[/ ]/);
  assert.equal([name, version], ["sequitur", manifest.version]);
});

it("makes one file of a service, which runs where nothing is installed", () => {
  const source = `import { pattern } from "sequitur";
import { service, topic } from "sequitur/service";
const high = pattern("high").begin("it").where((e) => e.value.gt(90));
export default service({ app: "plant", inputs: [topic("readings", { key: (e) => e.sensor, time: "arrival" })], patterns: [high] });
`;
  writeFileSync(join(project, "plant.mjs"), source);
  const elsewhere = join(scratch, "elsewhere");
  const out = join(elsewhere, "plant.mjs");
  const { stdout } = run("npx", ["--no-install", "sequitur", "build", "plant.mjs", "--out", out, "--json"], project);
  note(`a service in one file: ${((JSON.parse(stdout) as { bytes: number }).bytes / 1e6).toFixed(1)} MB`);
  assert.equal(readdirSync(elsewhere).sort(), ["plant.mjs", "plant.mjs.map"]);
  writeFileSync(join(elsewhere, "events.ndjson"), '{"sensor":"a","value":91}\n{"sensor":"a","value":9}\n');
  const alerts = run(
    process.execPath,
    ["plant.mjs", "--input", "events.ndjson", "--json", "--quiet"],
    elsewhere,
  ).stdout;
  assert.is(alerts.trim().split("\n").length, 1);
});

it("pleases publint and attw", () => {
  run(process.execPath, [resolve("node_modules/publint/src/cli.js"), "run", tarball, "--strict"]);
  run(process.execPath, [
    resolve("node_modules/@arethetypeswrong/cli/dist/index.js"),
    tarball,
    "--profile",
    "esm-only",
    "--no-emoji",
  ]);
});

/** Runs a program to its end. A failure shows what it has printed. */
function run(program: string, args: readonly string[], cwd = "."): { readonly stdout: string } {
  const ran = spawnSync(program, args, { cwd, encoding: "utf8" });
  assert.is(ran.status, 0, `${program} ${args.join(" ")}\n${ran.error ?? ""}${ran.stdout}\n${ran.stderr}`);
  return ran;
}

it.run();
