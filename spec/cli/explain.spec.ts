import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { describeBound, type StateBound, stateBoundOf } from "../../lib/cli/state-bound.ts";
import { DEFAULT_LIMITS } from "../../lib/matching/teller.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { allowMs } from "../run/ask.ts";
import type { Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(60_000);

const it = suite<{ project: Project }>("sequitur explain");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "service.ts": SERVICE_TS,
  });
});
it.after.each(({ project }) => project.remove());
const explain = (project: Project, ...words: readonly string[]): Promise<Result> =>
  sequitur(["explain", ...words], { cwd: project.folder });

it("says a pattern in words, as an automaton, and what bounds its state", async ({ project }) => {
  const { code, stdout, stderr } = await explain(project, "service.ts");
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, "probing");
  assert.match(stdout, /\n\nAutomaton \(2 places, \d+ waits\)\n {2}start\n/);
  assert.match(
    stdout,
    "\n\nState\n  A run ends 10m after its first event at the latest (within).\n  A run holds at most 2 events.\n",
  );
  assert.match(
    stdout,
    "A key has at most 10,000 runs with 100,000 events; beyond that, its runs are dropped and a report is sent.\n",
  );
});

it("says the rung of each condition, what it costs, and what would make it cheaper", async ({ project }) => {
  project.write(
    "rungs.ts",
    `import { pattern } from "sequitur";
export const p = pattern<{ type: string; v: number }>("p")
  .begin("a")
  .followedBy("b").where((e, m) => e.v.gt(m.a.v))
  .oneOrMore().until((e, m) => e.v.eq(m.a.v))
  .within("1h");
`,
  );
  const { stdout } = await explain(project, "rungs.ts");
  const [, said = ""] = stdout.split("\nConditions: what an event costs, from rung 0, the best, to rung 5\n");
  const [first = "", second = "", third = ""] = said.split("\n");
  assert.is(first, '  "a": rung 0, the event alone decides, for all runs at once.');
  assert.match(second, /^ {2}"b": rung 5, each run .* asked.* Runs wait for its until at the same time/);
  assert.match(third, /^ {2}the until of "b": rung 5, /);
  const [{ conditions }] = JSON.parse((await explain(project, "rungs.ts", "--json")).stdout);
  assert.equal([conditions[1].of, conditions[1].rung, conditions[1].why], ["b", 5, "besideAnother"]);
  assert.is(conditions[0].description, first.trim());
});

it("takes into account which time-outs a service reports", async ({ project }) => {
  project.write("pattern.ts", PATTERN_TS.replace("(e) => e.amount.gt(500)", "(e, m) => e.amount.gt(m.probe.amount)"));
  const reasonIn = async (service: string): Promise<unknown> => {
    project.write("service.ts", service);
    return JSON.parse((await explain(project, "service.ts", "--json")).stdout)[0].conditions[1].why;
  };
  assert.is(await reasonIn(SERVICE_TS), "order");
  const told = SERVICE_TS.replace("[probing]", '[{ pattern: probing, timedOut: { report: "all" } }]');
  assert.is(await reasonIn(told), "timeOutsReported");
});

it("uses the limits of the service", async ({ project }) => {
  project.write(
    "service.ts",
    SERVICE_TS.replace("patterns:", 'limits: { maxRunsPerKey: 7, onLimit: "dropOldest" },\n  patterns:'),
  );
  const { stdout } = await explain(project, "service.ts");
  assert.match(stdout, "A key has at most 7 runs with 100,000 events; beyond that, the oldest are dropped.");
});

it("draws for Graphviz, and gives everything as data", async ({ project }) => {
  const dot = await explain(project, "pattern.ts", "--dot");
  assert.match(dot.stdout, /^digraph "probing" \{\n.*\n\}\n$/s);
  const [said, ...others] = JSON.parse((await explain(project, "pattern.ts", "--json")).stdout);
  assert.equal(others, []);
  assert.equal(
    [said.pattern, said.version, said.automaton.places, said.state.withinMs, said.state.maxEventsPerRun],
    ["probing", 1, 2, 600_000, 2],
  );
  assert.is(said.automaton.dot, dot.stdout);
  assert.match(said.fingerprint, /^[0-9a-f]{32}$/);
});

it("explains one pattern of several, and names them if there is none such", async ({ project }) => {
  project.write(
    "pattern.ts",
    `${PATTERN_TS}export const other = pattern<CardEvent>("other").begin("x").within("1m");\n`,
  );
  const both = await explain(project, "pattern.ts", "--json");
  assert.equal(
    JSON.parse(both.stdout).map(({ pattern: name }: { pattern: string }) => name),
    ["other", "probing"].sort(),
  );
  const one = await explain(project, "pattern.ts", "other");
  assert.match(one.stdout, "other");
  assert.not.match(one.stdout, "probing");
  const slip = await explain(project, "pattern.ts", "probnig");
  assert.is(slip.code, 2);
  assert.match(slip.stderr, 'pattern.ts has no pattern "probnig". Did you mean "probing"?');
  assert.match((await explain(project, "pattern.ts", "xyz")).stderr, /It has "\w+", "\w+"\./);
});

it("explains a pattern in a JSON file", async ({ project }) => {
  project.write(
    "paid.json",
    '{ "sequitur": 1, "name": "paid", "elements": [{ "kind": "step", "name": "payment", "on": ["payment"] }] }',
  );
  const { code, stdout } = await explain(project, "paid.json");
  assert.is(code, 0);
  assert.match(stdout, "Every wait of a run is bounded in time");
});

it("lists what is wrong with a broken pattern instead", async ({ project }) => {
  project.write(
    "broken.ts",
    'import { pattern } from "sequitur";\nexport const p = pattern("p").begin("x").times(3, 2).followedBy("x").within("10m");\n',
  );
  const { code, stdout, stderr } = await explain(project, "broken.ts");
  assert.equal([code, stdout], [2, ""]);
  assert.match(stderr, /pattern "p" has 2 problems\n {2}error [A-Z_]+ at "x"/);
});

type E = { a: number };
const boundOf = (of: Pattern<never>): StateBound => stateBoundOf(compile(of as Pattern), DEFAULT_LIMITS);

it("finds what bounds the state", () => {
  const open = pattern<E>("open")
    .begin("a")
    .followedBy("b")
    .where((e) => e.a.gt(1))
    .next("c")
    .where((e) => e.a.gt(2));
  assert.equal(
    [boundOf(open).withinMs, boundOf(open).endlessAfter, boundOf(open).maxEventsPerRun],
    [null, ["a", "b"], 3],
  );
  assert.match(describeBound(boundOf(open))[0] ?? "", 'Nothing ends a run that waits after "a", "b"');
  const gapped = pattern<E>("gapped").begin("a").followedBy("b").maxGap("1m");
  assert.equal(boundOf(gapped).endlessAfter, []);
  assert.match(describeBound(boundOf(gapped))[0] ?? "", "Every wait of a run is bounded in time");
  const loop = pattern<E>("loop").begin("a").oneOrMore().followedBy("b").within("1h");
  assert.equal([boundOf(loop).withinMs, boundOf(loop).maxEventsPerRun], [3_600_000, null]);
  const many = pattern<E>("many").begin("a").times(5).followedBy("b").times(2, 4).within("1h");
  assert.is(boundOf(many).maxEventsPerRun, 9);
});

it.run();
