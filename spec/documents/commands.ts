// Commands that documents show with what they print.
//
//     ```console
//     $ npm start
//     …                       any lines
//     10 alerts
//     ```
//
// What differs from run to run is left out on both sides: how long it took, how far it was now and then, and what npm says
// for itself.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** A command and what it is said to print. `line` is that of the command. */
export type Shown = { readonly line: number; readonly command: string; readonly output: readonly string[] };

const BLOCK = /^```console\n([\s\S]*?)^```$/gm;

export function commandsOf(text: string): readonly Shown[] {
  return [...text.matchAll(BLOCK)].flatMap((block) => {
    const first = text.slice(0, block.index).split("\n").length + 1;
    const lines = (block[1] ?? "").trimEnd().split("\n");
    const starts = lines.flatMap((line, index) => (line.startsWith("$ ") ? [index] : []));
    return starts.map((start, index): Shown => {
      const output = lines.slice(start + 1, starts[index + 1] ?? lines.length);
      return { line: first + start, command: (lines[start] ?? "").slice(2), output: steady(output) };
    });
  });
}

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { sequitur: string } };

/** Runs a command in a shell, in the root of the project. Resolves with what it printed, both streams in one. */
export function outputOf(command: string): Promise<readonly string[]> {
  const short = command.replace("npm run --silent sequitur --", scripts.sequitur); // the same without npm, which takes its time
  const child = spawn("sh", ["-c", `{ ${short}\n} 2>&1`], { stdio: ["ignore", "pipe", "ignore"], timeout: 100_000 });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  return new Promise((resolve) => child.on("close", () => resolve(steady(printed.trimEnd().split("\n")))));
}

/**
 * Whether the lines are those shown, and no others but where `…` stands for any. Their order is left out: partitions do
 * not wait for each other, nor do the two streams.
 */
export function isShown(shown: readonly string[], printed: readonly string[]): boolean {
  const rest = [...printed];
  for (const line of shown.filter((each) => each !== "…")) {
    const at = rest.indexOf(line);
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return rest.length === 0 || shown.includes("…");
}

function steady(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => !/^(npm (warn|notice)|> |[\d,]+ events? · |pattern \d+ of \d+: )/.test(line))
    .map((line) => line.trimEnd().replace(/ after [\d.]+ s(, [\d,]+ records\/s)?$/, " after … s"))
    .filter((line) => line !== "");
}
