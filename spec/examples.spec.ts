// What the documents and the doc comments show is true: every example type-checks and runs, and every value that stands
// behind a `// =>` is the value.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codeOf, projectFiles } from "./architecture/source.ts";
import { withChecks } from "./examples/checks.ts";
import { type Example, examplesOf, undocumented } from "./examples/extract.ts";
import { type Problems, tryExamples } from "./examples/try-examples.ts";
import { allowMs, note } from "./run/ask.ts";

const LIMIT_MS = 120_000;
allowMs(LIMIT_MS);

const it = suite("examples");
const files = projectFiles();
const examples = examplesOf(files);

// One example for each way of being wrong, tried together with the real ones.
const planted: readonly Example[] = [
  'import { Wrong } from "sequitur";',
  "const text: string = 1;",
  "1 + 1; // => 3",
  "const a = 1;\n\n[a, a]\n  .map((one) => one + 1); // => [2, 3]",
  'const a = 1;\nthrow new Error("on purpose");',
  "1; // => not a value",
  "if (1 > 0) { // => true\n}",
  "await new Promise(() => {});",
].map((code, index) => ({ title: `planted ${index}`, file: "planted.md", line: 10, code, use: "run" }));

let problems: Problems;

it.before(async () => {
  problems = await tryExamples([...examples, ...planted], LIMIT_MS);
  note(`${examples.filter(({ use }) => use === "run").length} examples run, ${examples.length} type-checked`);
});

it("every public name has a doc comment with an example", () => {
  const missing = undocumented(files);
  assert.ok(missing.length === 0, `\n${missing.join("\n")}`);
});

for (const example of examples) {
  it(`${example.file}:${example.line} ${example.title}`, () => {
    const found = problems.get(example) ?? [];
    assert.ok(found.length === 0, `\n${found.join("\n")}\n\n${example.code}`);
  });
}

it("sees what is wrong, and where (planted)", () => {
  const said = planted.map((example) => (problems.get(example) ?? []).join("\n"));
  const expected = [
    /^planted\.md:10: does not type-check: .*Wrong/,
    /^planted\.md:10: does not type-check: .*string/,
    /^planted\.md:10: gives 2, not 3/,
    /^planted\.md:13: gives \[ 2, 2 \], not \[ 2, 3 \]/,
    /^planted\.md:11: throws Error: on purpose/,
    /^planted\.md:10: line 1: what follows "\/\/ =>" is not a JavaScript value: not a value/,
    /^planted\.md:10: line 1: .* needs an expression/,
    /^planted\.md:10: ended the process, or never ended/,
  ];
  for (const [index, text] of expected.entries()) assert.match(said[index] ?? "", text);
});

it("turns each shown value into a check, in its own line", () => {
  const checks = (code: string): string => withChecks(code).replaceAll("__shows", "C");
  assert.is(checks("1 + 1; // => 2"), "C((1 + 1), (2), 1);");
  assert.is(checks("const a = f(); // => [1]"), "const a = f();  C(a, ([1]), 1);");
  assert.is(checks("console.log(a, 1); // => 2"), "C((a, 1), (2), 1);");
  assert.is(checks("f();\ng(\n  1,\n); // => 2"), "f();\nC((g(\n  1,\n)), (2), 4);");
  assert.is(checks("f()\n  .g();\n// => 2"), "C((f()\n  .g()), (2), 3);\n// => 2");
  assert.is(checks("a; // => [\n//   1,\n// ]\nb;"), "C((a), ([ 1, ]), 1);\n//   1,\n// ]\nb;");
  assert.is(checks('const text = "// => 2";'), 'const text = "// => 2";');
  assert.is(checks("const text = `\n// => 2\n`;"), "const text = `\n// => 2\n`;");
  assert.is(checks("a; // is 2"), "a; // is 2");
  assert.is(checks("format(1); // => 2"), "C((format(1)), (2), 1);");
  assert.is(checks("a // => 1\nb // => 2"), "C((a), (1), 1);\nC((b), (2), 2);");
});

it("finds examples in documents and doc comments, and names without", () => {
  const given = new Map([
    [
      "README.md",
      "# x\n\n```ts\na;\n```\n\n```sh\nb\n```\n\n```ts no-run\nc;\n```\n\n```ts no-run\nimport 'd';\n```\n",
    ],
    ["docs/other.md", "```ts\na;\n```\n"],
    ["lib/index.ts", 'export * from "./core/x.ts";'],
    [
      "lib/core/x.ts",
      "/**\n * A.\n *\n * @example\n * ```ts\n * a(); // => 1\n * ```\n *\n * @throws never\n */\nexport function a() {}\n" +
        "/** B. @example is no tag here */\nexport const b = 1;\nexport type C = 1;\n" +
        "/**\n * @example The heading\n * d;\n */\nexport class d {}\n",
    ],
  ]);
  assert.equal(
    examplesOf(given).map(({ title, file, line, code, use }) => `${title} ${file}:${line} ${use} ${code.trim()}`),
    [
      "README.md README.md:4 run a;",
      "README.md README.md:16 check import 'd';",
      "a lib/core/x.ts:6 run a(); // => 1",
      "The heading lib/core/x.ts:17 run d;",
    ],
  );
  assert.equal(undocumented(given), [
    "lib/core/x.ts:14: C is public and has no doc comment",
    "lib/core/x.ts:13: b is public and its doc comment has no @example with code",
  ]);
});

it("leaves the code of an example as long as it was", () => {
  for (const { code } of examples) assert.is(codeOf(code).length, code.length);
});

it.run();
