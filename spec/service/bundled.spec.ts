// Log and pages work in a program that was bundled into one file, where there are no packages beside it and no threads of
// their own to load.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Format } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { execute } from "../run/execute.ts";

allowMs(60_000);

const it = suite("bundled");

const PROGRAM = `
import { pattern } from "./lib/index.ts";
import { createJsonLog, createMemoryLog, runService, serveHttp, service, topic } from "./lib/service/index.ts";

async function main() {
  const inputs = [topic("in", { key: (e) => e.k })];
  const log = createMemoryLog({ partitions: 1 });
  log.append("in", { value: { k: "x" } });
  log.end("in");
  const definition = service({ app: "app", inputs, patterns: [pattern("any").begin("a")] });
  const running = runService(definition, { source: log.source(), sink: log.sink(), log: await createJsonLog({ app: "app" }) });
  const pages = await serveHttp(running, { app: "app", port: 0 });
  await running.done;
  console.log(await (await fetch(pages.url + "/metrics")).text());
} // the pages are not closed: they do not keep the process alive
main();
`;

const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

for (const format of ["esm", "cjs"] as const satisfies readonly Format[]) {
  it(`as ${format}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "sequitur-bundled-"));
    try {
      const outfile = join(folder, `program.${format === "esm" ? "mjs" : "cjs"}`);
      await build({
        stdin: { contents: PROGRAM, resolveDir: process.cwd(), loader: "js" },
        outfile,
        bundle: true,
        platform: "node",
        target: "node20",
        format,
        logLevel: "silent",
        ...(format === "esm" ? { banner: { js: REQUIRE } } : {}),
      });
      const { code, stdout, stderr } = await execute(process.execPath, [outfile], { cwd: folder });
      assert.is(code, 0, stderr);
      assert.match(stdout, 'sequitur_alerts_total{pattern="any"} 1');
      assert.match(stdout, 'sequitur_build_info{app="app",version="unknown"} 1');
      const lines = stderr.trimEnd().split("\n");
      assert.equal(
        lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
        ["service is running", "service is stopped"],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

it.run();
