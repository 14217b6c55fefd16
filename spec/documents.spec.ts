// The documents say what is: lists, links, code that stands in a file, and what commands print. Time lines and all else that
// is said of the language: see documents/language.spec.ts.

import { existsSync } from "node:fs";
import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ROOMS } from "./architecture/imports.ts";
import { projectFiles } from "./architecture/source.ts";
import { commandsOf, isShown, outputOf } from "./documents/commands.ts";
import { allowMs } from "./run/ask.ts";

allowMs(120_000);

const it = suite("documents");
const files = projectFiles();
const documents = [...files].filter(([path]) => /^([^/]+\/){0,2}README\.md$/.test(path));

it("lib/README.md lists the rooms there are, in their order", () => {
  const told = [...(files.get("lib/README.md") ?? "").matchAll(/^\| `(\w+)\/` \|/gm)].map(([, room]) => room);
  const there = new Set([...files.keys()].flatMap((path) => /^lib\/(\w+)\//.exec(path)?.[1] ?? []));
  assert.equal(
    told,
    ROOMS.filter((room) => there.has(room)),
  );
});

it("links of documents lead somewhere", () => {
  const broken = documents.flatMap(([path, text]) =>
    [...text.matchAll(/(?:\]\(|^\[[\w-]+\]: )(?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)?/gm)].flatMap(
      ([link, to = "", anchor]) => {
        const target = to === "" ? path : posix.join(posix.dirname(path), to);
        const page = files.get(target) ?? files.get(posix.join(target, "README.md"));
        const isThere = existsSync(target) && (anchor === undefined || anchorsOf(page ?? "").includes(anchor));
        return isThere ? [] : [`${path}: ${link}`];
      },
    ),
  );
  assert.equal(broken, []);
});

/** The names that headings get, as on the usual sites: small letters, no signs, hyphens. */
function anchorsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it("code that is shown and not run stands in a file, or imports what it needs", () => {
  const sources = [...files].filter(([path]) => /^(patterns|samples)\/.*\.ts$/.test(path)).map(([, text]) => text);
  for (const [path, text] of documents) {
    for (const [, code = ""] of text.matchAll(/^```ts no-run\n([\s\S]*?)^```$/gm)) {
      const isImporting = /^import\b/m.test(code) && !/\bfrom\s+"\./.test(code); // examples.spec.ts checks its types
      const stands = sources.some((source) =>
        code
          .trim()
          .split("\n\n")
          .every((part) => source.includes(part)),
      );
      assert.ok(isImporting || stands, `${path}:\n${code}`);
    }
  }
});

for (const [path, text] of documents) {
  for (const { line, command, output } of commandsOf(text)) {
    it(`${path}:${line} ${command}`, async () => {
      const printed = await outputOf(command);
      assert.ok(isShown(output, printed), `\nshown:\n${output.join("\n")}\n\nprinted:\n${printed.join("\n")}`);
    });
  }
}

it("the alert in README.md is one of those that npm start gives", async () => {
  const [, shown = ""] = /^```json\n([\s\S]*?)^```$/m.exec(files.get("README.md") ?? "") ?? [];
  const lines = await outputOf("npm run --silent sequitur -- run samples/card-testing/service.ts --json --quiet");
  const alerts = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as { emittedAt: string });
  // How far time had come when it was sent depends on how much was read at once.
  const { emittedAt: _, ...alert } = JSON.parse(shown) as { emittedAt: string };
  assert.ok(alerts.some(({ emittedAt: __, ...given }) => isDeepStrictEqual(given, alert)));
});

it("output that is not shown is seen (planted)", async () => {
  const [shown] = commandsOf("```console\n$ echo a; echo b >&2\na\n…\n```\n");
  assert.equal(shown, { line: 2, command: "echo a; echo b >&2", output: ["a", "…"] });
  const printed = await outputOf("echo a; echo b >&2");
  assert.equal(printed, ["a", "b"]);
  assert.ok(isShown(["a", "…"], printed) && isShown(["…", "b"], printed) && isShown(["b", "a"], printed));
  assert.not.ok(isShown(["a"], printed) || isShown(["a", "a"], printed) || isShown(["…", "c"], printed));
});

it.run();
