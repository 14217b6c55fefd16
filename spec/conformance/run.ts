// The command `npm run conformance`: any files of Flink's answers against the engine.

import { fileURLToPath } from "node:url";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { type FileTable, runFile, showTable } from "./run-file.ts";
import { BadVectors } from "./vectors.ts";

const USAGE = `npm run conformance [-- [options] FILE...]

Holds the engine against Flink's recorded answers and says of each file how many cases agree, how many differ for which
reason, and how many for none (spec/conformance/README.md). Without FILE: the five files of spec/conformance/flink.

  FILE          JSON Lines in either format of spec/conformance/flink/README.md, gzipped or not
  --show N      how many unexplained cases are shown of each file; default 5
  --json        the figures and all unexplained cases as one JSON document
  --help        this text

Exit code: 0 if every difference has a reason, 1 if one has none or the engine is not what the enumerator says, 2 if a file or
an argument is wrong, 130 if it was interrupted.`;

const OWN_FILES = ["flink-tests", "corners", "random-noskip", "random-mix", "random-windows"];

type Wish = { readonly files: readonly string[]; readonly shown: number; readonly json: boolean };

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run(wish: Wish): Promise<number> {
  try {
    const tables = runFiles(wish);
    if (wish.json) console.log(toJson(tables));
    return tables.every(({ unexplained, disputed }) => unexplained.length + disputed.length === 0) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BadVectors)) throw error;
    console.error(error.message);
    return 2;
  }
}

function runFiles({ files, shown, json }: Wish): readonly FileTable[] {
  return files.map((file) => {
    const table = runFile(file);
    if (!json) console.log(showWithCases(table, shown));
    return table;
  });
}

function showWithCases(table: FileTable, shown: number): string {
  const some = (what: string, all: readonly string[]) => {
    const rest = all.length > shown ? [`and ${all.length - shown} more that are ${what}`] : [];
    return [...all.slice(0, shown).map((each) => `${what}: ${each}`), ...rest];
  };
  return [showTable(table), ...some("unexplained", table.unexplained), ...some("disputed", table.disputed), ""].join(
    "\n",
  );
}

function toJson(tables: readonly FileTable[]): string {
  const files = tables.map((table) => ({
    ...table,
    reasons: Object.fromEntries(table.reasons),
    refused: Object.fromEntries(table.refused),
  }));
  return JSON.stringify({ files }, null, 2);
}

function parseCommand(words: string[]): Wish | string {
  const options = { show: { type: "string", default: "5" }, json: { type: "boolean", default: false } } as const;
  const make = ({ show, json }: { show: string; json: boolean }, names: readonly string[]): Wish => ({
    files: names.length > 0 ? names : OWN_FILES.map(pathOfOwn),
    shown: wholeNumber("show", show, 0),
    json,
  });
  return readWords(USAGE, words, options, make, true);
}

function pathOfOwn(name: string): string {
  return fileURLToPath(new URL(`./flink/${name}.jsonl.gz`, import.meta.url));
}
