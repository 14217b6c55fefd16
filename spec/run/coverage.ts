// Which code of a folder the specs have run. The child processes write V8's counts into a folder, c8 maps them back to
// the sources, and here they are summed up, room by room. `floors.ts` says how much is enough.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Report } from "c8";
import { transformSync } from "esbuild";
import { groupBy } from "../../lib/core/group-by.ts";
import { codeOf } from "../architecture/source.ts";

/** Where the processes count, and where c8's pages go. */
export type CoverageFolders = { readonly counts: string; readonly pages: string };

/** How much of a folder was run. `room` is its name, or that of a file that stands in the measured root itself. */
export type RoomCoverage = {
  readonly room: string;
  readonly lines: Share;
  readonly branches: Share;
  /** What was not run, by file and line. */
  readonly gaps: readonly Gap[];
};

export type Share = { readonly run: number; readonly all: number };

/** Code that nothing has run: some whole lines, or a part of one. */
export type Gap = { readonly file: string; readonly line: number; readonly text: string };

/** What c8's `json` reporter writes about a file: a statement is a line, a branch is a block that V8 counts. */
type Counted = {
  readonly statementMap: Readonly<Record<string, Range>>;
  readonly s: Readonly<Record<string, number>>;
  readonly branchMap: Readonly<Record<string, { readonly loc: Range }>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
  readonly fnMap: Readonly<Record<string, { readonly name: string; readonly loc: Range }>>;
};
type Range = { readonly start: Place; readonly end: Place };
type Place = { readonly line: number; readonly column: number };

/** A line or a branch of a file; lines count from 1. */
type Part = { readonly line: number; readonly lastLine: number; readonly text: string; readonly run: boolean };

/** The end of an exhaustive switch: the compiler proves that nothing gets there, so it is neither counted nor wanted. */
const UNREACHABLE = /^(?:default:)?\s*(?:(?:return )?unreachable\([^;]*\);?)?$/;
/** A function that tsx adds to modules. */
const ADDED = "__name";

/** Makes both folders, empty. A process started with `NODE_V8_COVERAGE` set to `counts` counts into it. */
export function prepareCoverage({ counts, pages }: CoverageFolders): void {
  for (const folder of [pages, counts]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
}

/** Sums up what was counted in the TypeScript files below `root`, those included that no process has loaded. */
export async function measureCoverage(root: string, folders: CoverageFolders): Promise<readonly RoomCoverage[]> {
  await new Report({
    tempDirectory: folders.counts,
    reportsDirectory: folders.pages,
    reporter: ["json", "html"],
    include: [`${root}/**/*.ts`],
    exclude: [],
    extension: [".ts"],
    resolve: "",
  }).run();
  const json = JSON.parse(readFileSync(join(folders.pages, "coverage-final.json"), "utf8")) as Record<string, Counted>;
  const counted = new Map(Object.entries(json).map(([path, file]) => [slashed(relative(".", path)), file]));
  const rooms = groupBy(sourcesBelow(root), (file) => file.slice(root.length + 1).split("/")[0] ?? "");
  return [...rooms].map(([room, files]) => {
    const parts = files.map((file) => partsOf(readFileSync(file, "utf8"), counted.get(file)));
    return {
      room,
      lines: share(parts.flatMap(({ lines }) => lines)),
      branches: share(parts.flatMap(({ branches }) => branches)),
      gaps: files.flatMap((file, index) => gapsOf(file, parts[index] ?? NOTHING)),
    };
  });
}

type Parts = { readonly lines: readonly Part[]; readonly branches: readonly Part[] };
const NOTHING: Parts = { lines: [], branches: [] };

/** The lines and branches of a file that count. */
function partsOf(text: string, counted: Counted | undefined): Parts {
  if (counted === undefined && !hasCode(text)) return NOTHING;
  const missed = new Set(
    Object.entries(counted?.statementMap ?? {})
      .filter(([id]) => counted?.s[id] === 0)
      .map(([, { start }]) => start.line),
  );
  const source = text.split("\n");
  const lines = codeOf(text, true)
    .split("\n")
    .flatMap((code, index) => {
      const isWanted = /\w/.test(code) && !UNREACHABLE.test(code.trim());
      const run = counted !== undefined && !missed.has(index + 1);
      return isWanted ? [{ line: index + 1, lastLine: index + 1, text: (source[index] ?? "").trim(), run }] : [];
    });
  return { lines, branches: counted === undefined ? [] : branchesOf(source, counted) };
}

function branchesOf(source: readonly string[], { branchMap, b, fnMap }: Counted): readonly Part[] {
  const added = Object.values(fnMap).find(({ name }) => name === ADDED)?.loc;
  return Object.entries(branchMap).flatMap(([id, { loc }]) => {
    const text = textOf(source, loc);
    if (UNREACHABLE.test(text) || JSON.stringify(loc) === JSON.stringify(added)) return [];
    return [{ line: loc.start.line, lastLine: loc.end.line, text, run: (b[id]?.[0] ?? 0) > 0 }];
  });
}

/** What was not run: lines that follow one another are one gap, and branches that contain them need none. */
function gapsOf(file: string, { lines, branches }: Parts): readonly Gap[] {
  if (lines.length > 0 && lines.every(({ run }) => !run)) return [{ file, line: 1, text: "(nothing loads it)" }];
  const gaps: { file: string; line: number; text: string }[] = [];
  for (const [index, { line, text, run }] of lines.entries()) {
    if (run) continue;
    const open = lines[index - 1]?.run === false ? gaps.at(-1) : undefined;
    if (open === undefined) gaps.push({ file, line, text });
    else open.text += ` ${text}`;
  }
  const missed = lines.filter(({ run }) => !run);
  for (const { line, lastLine, text, run } of branches) {
    const isTold = missed.some((part) => line <= part.line && part.line <= lastLine);
    if (!run && !isTold) gaps.push({ file, line, text });
  }
  return gaps.sort((a, b) => a.line - b.line);
}

/** A file of types leaves nothing to load. */
function hasCode(text: string): boolean {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  return transformSync(text, { loader: "ts", tsconfigRaw }).code.trim() !== "";
}

function textOf(source: readonly string[], { start, end }: Range): string {
  const lines = source.slice(start.line - 1, end.line);
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column : 0, index === lines.length - 1 ? end.column : undefined),
    )
    .map((line) => line.trim())
    .join(" ")
    .trim();
}

function share(parts: readonly Part[]): Share {
  return { run: parts.filter(({ run }) => run).length, all: parts.length };
}

function sourcesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => slashed(join(root, path)))
    .sort();
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
