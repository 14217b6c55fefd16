// The command `npm run conformance`: any files of Flink's answers against the engine.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
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
const DEFAULT_SHOWN = 5;

type Wish = {
  readonly files: readonly string[];
  readonly shown: number;
  readonly json: boolean;
  readonly help: boolean;
};

/** An argument that is wrong. */
class BadArgument extends Error {}

function readWish(args: readonly string[]): Wish {
  const { values, positionals } = parse(args);
  const shown = values.show === undefined ? DEFAULT_SHOWN : Number(values.show);
  if (!Number.isSafeInteger(shown) || shown < 0) {
    throw new BadArgument(`--show needs a whole number from 0, not "${values.show}".`);
  }
  const own = OWN_FILES.map((file) => fileURLToPath(new URL(`./flink/${file}.jsonl.gz`, import.meta.url)));
  return { files: positionals.length > 0 ? positionals : own, shown, json: values.json, help: values.help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        show: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new BadArgument(error instanceof Error ? error.message : String(error));
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

function main(args: readonly string[]): number {
  try {
    const wish = readWish(args);
    if (wish.help) {
      console.log(USAGE);
      return 0;
    }
    const tables = runFiles(wish);
    if (wish.json) console.log(toJson(tables));
    return tables.every(({ unexplained, disputed }) => unexplained.length + disputed.length === 0) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BadArgument) && !(error instanceof BadVectors)) throw error;
    console.error(error instanceof BadArgument ? `${error.message} See npm run conformance -- --help.` : error.message);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
