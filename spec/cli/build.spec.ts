// One file of a service: made, moved to where there is nothing else, and run there.

import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { consoleConsume } from "../broker/console-consume.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { allowMs, note } from "../run/ask.ts";
import { execute, type Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { writeCardTraffic } from "./on-kafka.ts";
import { createProject, type Project } from "./project.ts";
import { ALERT, EVENTS, PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(240_000);

const SAMPLE = "samples/card-testing/service.ts";

const it = suite<{ project: Project }>("sequitur build");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "service.ts": SERVICE_TS,
    "events.ndjson": EVENTS,
  });
});
it.after.each(({ project }) => project.remove());

type Sample = { readonly folder: string; readonly map: string };

const samples = new Map<string, Promise<Sample>>();
const shelf = createProject();

/** A folder in which there is nothing but the sample in one file, built once for all tests. */
function builtSample(minified = false): Promise<Sample> {
  const name = minified ? "minified" : "plain";
  const known = samples.get(name) ?? buildSample(name, minified ? ["--minify"] : []);
  samples.set(name, known);
  return known;
}

async function buildSample(name: string, options: readonly string[]): Promise<Sample> {
  const out = join(shelf.folder, "dist", name, "sample.mjs");
  const { code, stderr } = await sequitur(["build", SAMPLE, "--out", out, ...options], { cwd: process.cwd() });
  assert.is(code, 0, stderr);
  const alone = shelf.write(`${name}/sample.mjs`, "");
  copyFileSync(out, alone);
  return { folder: dirname(alone), map: `${out}.map` };
}

function node(words: readonly string[], cwd: string): Promise<Result> {
  return execute(process.execPath, words, { cwd });
}

it("makes a file that finds alone what the service finds, minified or not", async () => {
  const wanted = await sequitur(["run", SAMPLE, "--json", "--quiet"], { cwd: process.cwd() });
  for (const minified of [false, true]) {
    const { folder: alone } = await builtSample(minified);
    const { code, stdout } = await node(["sample.mjs", "--json", "--quiet"], alone);
    assert.is(code, 0);
    assert.equal(alertsIn(stdout), alertsIn(wanted.stdout));
    const bytes = readFileSync(join(alone, "sample.mjs")).length;
    note(`${minified ? "minified" : "not minified"}: ${(bytes / 1e6).toFixed(2)} MB`);
    const checked = await node(["sample.mjs", "check"], alone);
    assert.equal(
      [checked.code, checked.stdout],
      [0, 'sample.mjs: pattern "card-testing", service "card-fraud": nothing wrong\n'],
    );
  }
});

/** How far time had come when an alert was sent, and which came first, depends on how much was read at once. */
function alertsIn(stdout: string): readonly string[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), emittedAt: null })).sort();
}

it("asks for Node's own modules only, and names no folder of the machine it was made on by an absolute path", async () => {
  const { folder: alone, map: path } = await builtSample();
  const code = readFileSync(join(alone, "sample.mjs"), "utf8");
  const asked = [...code.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name = ""]) => name);
  assert.ok(asked.length > 5);
  assert.equal(
    asked.filter((name) => !isBuiltin(name)),
    [],
  );
  assert.not.ok(code.includes(process.cwd()));
  const { sources } = JSON.parse(readFileSync(path, "utf8")) as { sources: readonly string[] };
  assert.ok(sources.length > 100);
  assert.equal(sources.filter(isAbsolute), []);
});

it("refuses kafkajs in the file if a repair does not hold there", async ({ project }) => {
  const { folder } = await builtSample();
  const code = readFileSync(join(folder, "sample.mjs"), "utf8");
  const broken = code.replace(/change = given/, "change = (path, exports) => exports");
  assert.is.not(broken, code);
  const file = project.write("sample.mjs", broken);
  const { code: exit, stderr } = await node([file, "check"], project.folder);
  assert.is(exit, 2);
  assert.match(stderr, "sequitur: The patches do not work with the kafkajs in this file: ");
});

it("says what it made, and what has to lie beside it", async ({ project }) => {
  project.write("service.ts", `${SERVICE_TS}export const beside = new URL("./list.txt", import.meta.url).href;\n`);
  const cwd = project.folder;
  const text = await sequitur(["build", "service.ts"], { cwd });
  assert.is(text.code, 0, text.stderr);
  assert.match(
    text.stdout,
    /^dist\/service\.mjs: [\d.]+ MB, [\d.]+ MB compressed\ndist\/service\.mjs\.map: [\d.]+ MB, for places in error messages\nservice\.ts uses import\.meta, which is the place of the built file there: .*\nIt runs where Node 20\.19 or newer is: node --enable-source-maps dist\/service\.mjs\n$/,
  );
  assert.equal(project.list().includes("dist"), true);
  const json = JSON.parse((await sequitur(["build", "service.ts", "--json"], { cwd })).stdout);
  assert.equal(
    [json.file, json.map, json.outside, json.placed],
    ["dist/service.mjs", "dist/service.mjs.map", [], ["service.ts"]],
  );
  assert.ok(json.bytes > 1e6 && json.gzipBytes < json.bytes / 3 && json.mapBytes > 1e5);
  const run = await node(["dist/service.mjs", "--input", "events.ndjson"], cwd);
  assert.equal([run.code, run.stdout], [0, ALERT]);
});

it("leads from an error in the file back to the lines of the service", async ({ project }) => {
  project.write("service.ts", `${SERVICE_TS}export async function feed() {\n  throw new Error("no events");\n}\n`);
  const cwd = project.folder;
  assert.is((await sequitur(["build", "service.ts"], { cwd })).code, 0);
  const { code, stderr } = await node(["--enable-source-maps", "dist/service.mjs", "--verbose"], cwd);
  assert.is(code, 1);
  assert.match(stderr, "the function feed threw: no events.");
  const line = SERVICE_TS.split("\n").length + 1;
  assert.match(stderr, new RegExp(`at feed \\(.*/service\\.ts:${line}:9\\)`));
});

it("takes packages of the project along, or leaves them out when told to", async ({ project }) => {
  const cwd = project.folder;
  project.write("node_modules/tax/package.json", '{"name":"tax","main":"index.js"}');
  project.write("node_modules/tax/index.js", 'module.exports = require("node:path").sep.length;');
  project.write("service.ts", `import tax from "tax";\n${SERVICE_TS}export const t = tax;\n`);
  assert.is((await sequitur(["build", "service.ts"], { cwd })).code, 0);
  copyFileSync(join(cwd, "dist/service.mjs"), project.write("alone/inside.mjs", ""));
  assert.is((await node([join(cwd, "alone/inside.mjs"), "check"], "/")).code, 0);
  const outside = await sequitur(["build", "service.ts", "--external", "tax"], { cwd });
  assert.match(outside.stdout, 'It needs the package "tax" to be installed where it runs.\n');
  project.write("node_modules/tax/index.js", 'module.exports = require("./native.node");');
  project.write("node_modules/tax/native.node", "\0");
  const native = await sequitur(["build", "service.ts", "--no-check"], { cwd });
  assert.is(native.code, 2);
  assert.match(native.stderr, /a package has parts that are no JavaScript: .*Leave it out with --external <package>/);
});

it("refuses what would not run, and writes nothing then", async ({ project }) => {
  const cwd = project.folder;
  const refused = async (words: readonly string[], said: string | RegExp): Promise<void> => {
    const { code, stdout, stderr } = await sequitur(["build", ...words], { cwd });
    assert.equal([code, stdout], [2, ""], stderr);
    assert.match(stderr, said);
    assert.not.ok(existsSync(join(cwd, "dist")));
  };
  await refused(
    ["service.ts", "--out", "dist/service.js"],
    "sequitur: --out dist/service.js: the file is an ES module",
  );
  project.write("own.mjs", 'export { default } from "./service.ts";\n');
  await refused(["own.mjs", "--out", "own.mjs"], "sequitur: --out own.mjs: the service itself uses this file.");
  await refused(["service.ts", "--out", "events.ndjson/a.mjs"], "cannot be written: ");
  await refused(["pattern.ts"], "exports no service");
  project.write("missing.ts", `import "taxes";\n${SERVICE_TS}`);
  await refused(
    ["missing.ts", "--no-check"],
    'missing.ts:1:8: package "taxes" is not installed. Run "npm install taxes"',
  );
  project.write("broken.ts", "const a = ;\n");
  await refused(["broken.ts", "--no-check"], "broken.ts:1:11: ");
  project.write("pattern.ts", PATTERN_TS.replace('"cashOut"', '"probe"'));
  await refused(["service.ts"], /sequitur: service\.ts has 1 error: .+ See "sequitur check service\.ts"\.\n$/);
});

it("has the file tried: what works in several files and not in one is found before it is there", async ({
  project,
}) => {
  const cwd = project.folder;
  project.write("node_modules/tax/package.json", '{"name":"tax","main":"index.js"}');
  project.write("node_modules/tax/rate.txt", "19");
  project.write(
    "node_modules/tax/index.js",
    'module.exports = require("node:fs").readFileSync(__dirname + "/rate.txt", "utf8");',
  );
  project.write("service.ts", `import tax from "tax";\n${SERVICE_TS}export const t = tax;\n`);
  const { code, stderr } = await sequitur(["build", "service.ts"], { cwd });
  assert.is(code, 2);
  assert.match(stderr, /^sequitur: the service runs as it is, but not in one file: .*leave it out with --external/);
  assert.not.ok(existsSync(join(cwd, "dist/service.mjs")));
  assert.is((await sequitur(["build", "service.ts", "--no-check"], { cwd })).code, 0);
});

it("knows the options of run, and helps with them", async () => {
  const { folder: alone } = await builtSample();
  const help = await node(["sample.mjs", "--help"], alone);
  assert.match(help.stdout, /Usage:\n {2}\$ node sample\.mjs\n/);
  assert.match(help.stdout, /\nCommands:\n {2}check +List everything/);
  assert.match(help.stdout, "3    Kafka was out of reach for too long");
  const wrong = await node(["sample.mjs", "--brooker", "x"], alone);
  assert.equal(
    [wrong.code, wrong.stderr],
    [2, 'sequitur: "node sample.mjs" has no option --brooker. Did you mean --brokers?\n'],
  );
  const surplus = await node(["sample.mjs", "start"], alone);
  assert.match(surplus.stderr, '"node sample.mjs" does not know what to do with "start".');
});

it.run();

const broker = await requireBroker();
const onKafka = broker.suite("a built file on Kafka");

onKafka("reads, matches and writes alone, in two processes, with a log of JSON, metrics and health", async () => {
  const { folder: alone } = await builtSample(true);
  const wanted = await writeCardTraffic(broker);
  const seen: { readonly page: Promise<string>[] } = { page: [] };
  const words = ["sample.mjs", "--brokers", broker.address, "--http-port", "0", "--processes", "2"];
  const running = execute(process.execPath, words, {
    cwd: alone,
    withinMs: 200_000,
    onOutput: ({ stderr }, child) => {
      const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(stderr) ?? [];
      if (url === undefined || seen.page.length > 0) return;
      seen.page.push(watch(url).finally(() => child.kill("SIGTERM")));
    },
  });
  const alerts = await consoleConsume(broker, "card-alerts", { count: 10 });
  const { code, stderr } = await running;
  assert.is(code, 0, stderr);
  assert.equal(alerts.map(({ key }) => key).toSorted(), wanted);
  assert.match(await (seen.page[0] ?? ""), /sequitur_build_info\{app="card-fraud",version="\d+\.\d+\.\d+"\} 1/);
  assert.match(stderr, /^\{"level":"info","time":".*","app":"card-fraud","instance":/m);
});

/** The metrics, once all alerts are sent. */
async function watch(url: string): Promise<string> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (text.includes('sequitur_sent_records_total{kind="alert"} 10')) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

onKafka.after(() => shelf.remove());
onKafka.run();
