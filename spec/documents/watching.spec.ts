// samples/watching/README.md says what is: the table of metrics is that of the code, the words for lanes are all of them, and
// what is shown of a terminal is what one sees there.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LANE_STATES } from "../../lib/runtime/lane-state.ts";
import { METRIC_TABLE } from "../../lib/service/metric-table.ts";
import { allowMs, skipBecause } from "../run/ask.ts";

allowMs(60_000);

const it = suite("documents/watching");
const PATH = "samples/watching/README.md";
const page = readFileSync(PATH, "utf8");

/** The rows of the table that begins with `head`, as texts. */
function rowsUnder(head: string): readonly string[] {
  const [, rows = ""] = page.split(`${head}\n|---|---|---|---|\n`);
  const end = rows.indexOf("\n\n");
  return rows.slice(0, end).split("\n");
}

it("its table of metrics is that of the code", () => {
  const wanted = METRIC_TABLE.map(({ name, type, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${shown} | ${help} |`;
  });
  assert.equal(rowsUnder("| metric | type | labels | what it says |").join("\n"), wanted.join("\n"));
});

it("it explains each state of a lane, and names no metric that there is not", () => {
  const [, states = ""] = page.split("| state | means | if it stays |\n|---|---|---|\n");
  const told = [...states.slice(0, states.indexOf("\n\n")).matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
  assert.equal([...told].sort(), [...LANE_STATES].sort());
  const names = new Set(METRIC_TABLE.map(({ name }) => name));
  const unknown = [...page.matchAll(/sequitur_[a-z_]+[a-z]/g)].map(([name]) => name).filter((name) => !names.has(name));
  assert.equal(
    unknown.filter((name) => name !== "sequitur_waiting"),
    [],
  );
});

type Step = { readonly command: string; readonly output: string };

/** What is typed in the blocks, and what comes back. */
function stepsOf(text: string): readonly Step[] {
  return [...text.matchAll(/^```shell-session\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = "", ...output] = step.split("\n");
        return { command, output: output.join("\n") };
      }),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const typed = promisify(execFile);
const hasCurl = await typed("curl", ["--version"]).then(
  () => true,
  () => false,
);
if (!hasCurl) skipBecause("curl is not installed");

(hasCurl ? it : it.skip)("what it shows of two terminals is what one sees there", async () => {
  const scripts = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { sequitur: string } };
  const port = await freePort();
  const [first, ...rest] = stepsOf(page.replaceAll("9464", String(port)));
  const command = (first?.command ?? "").replace("npm run --silent sequitur --", scripts.scripts.sequitur);
  assert.ok(rest.length >= 5 && command.includes("--http-port"));
  const child: ChildProcess = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  try {
    await saysInTime(child, /metrics and health are served/);
    await settledOn(`http://127.0.0.1:${port}`);
    for (const { command, output } of rest) {
      const { stdout } = await typed("sh", ["-c", command]);
      assert.is(stdout, output, command);
    }
  } finally {
    const gone = new Promise((resolve) => child.once("close", resolve));
    process.kill(-(child.pid ?? 0), "SIGTERM"); // the whole pipe: it was started as a group of its own
    await gone;
  }
});

function saysInTime(child: ChildProcess, what: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (what.test(said)) resolve();
    });
    child.stdout?.resume();
    child.once("close", () => reject(new Error(`it ended: ${said}`)));
  });
}

/** Waits until all that was written to the pipe is read. */
async function settledOn(url: string): Promise<void> {
  for (let read = ""; !/waiting_records\S+ 1\n/.test(read); ) {
    read = await (await fetch(`${url}/metrics`)).text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it.run();
