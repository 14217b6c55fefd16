// Which code of a folder the specs have run. V8 counts blocks of the code that it loads, which is not the code that we
// write; source maps say which token of a source stands where in it. So the unit here is the token:
//
//     const first = names[0] ?? "none";      counted: the function 2, the block after ?? 0
//                               └──── not run
//
// A line counts as run if one of its tokens is, a block if all are that belong to no block inside it.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { groupBy } from "../../lib/core/group-by.ts";
import { type Loaded, type Token, type Tokens, tokensNeverLoaded, tokensOf } from "./tokens.ts";

/** How much of a folder was run. `room` is its name, or that of a file that stands in the measured root itself. */
export type RoomCoverage = {
  readonly room: string;
  readonly lines: Share;
  readonly branches: Share;
  readonly gaps: readonly Gap[];
};

export type Share = { readonly run: number; readonly all: number };

/** Code that was not run. Lines and columns count from 1. */
export type Gap = { readonly file: string; readonly line: number; readonly column: number; readonly text: string };

/** What V8 writes when a process ends, and Node adds to it. */
type Counts = {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Block[] }[];
  }[];
  readonly "source-map-cache"?: Readonly<Record<string, Loaded>>;
};
/** A block of loaded code and how often it was run. The blocks of one process lie inside or beside each other. */
type Block = { readonly startOffset: number; readonly endOffset: number; readonly count: number };

/** A file and all that the processes have counted in it. */
type Script = Tokens & {
  /** Tells the code that was loaded from any other. */
  readonly shape: string;
  readonly blocks: Map<string, Block>;
  hasChanged: boolean;
};

/** Makes `folder`, empty. A process started with `NODE_V8_COVERAGE` set to its path counts into it. */
export function prepareCounts(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/**
 * Sums up what was counted of the TypeScript files below `root`, those included that no process has loaded. Reads a
 * file of about 1 MB for each process, and deletes it.
 */
export function measureCoverage(root: string, countsFolder: string): readonly RoomCoverage[] {
  const files = sourcesBelow(root);
  const scripts = new Map<string, Script>();
  for (const name of readdirSync(countsFolder)) {
    const path = join(countsFolder, name);
    const text = readFileSync(path, "utf8");
    // A process that is killed while it writes leaves a part.
    const isWhole = text.endsWith("}");
    if (isWhole && text.includes(pathToFileURL(root).href)) addCounts(JSON.parse(text) as Counts, files, scripts);
    rmSync(path);
  }
  rmSync(countsFolder, { recursive: true });
  return [...groupBy(files.values(), (file) => roomOf(root, file))].map(([room, inside]) => {
    const all = inside.map((file) => ({ file, script: scripts.get(file) ?? neverLoaded(file) }));
    return {
      room,
      lines: share(all.flatMap(({ script }) => linesOf(script))),
      branches: share(all.flatMap(({ script }) => branchesOf(script))),
      gaps: all.flatMap(({ file, script }) => gapsOf(file, script)),
    };
  });
}

function addCounts(counts: Counts, files: ReadonlyMap<string, string>, scripts: Map<string, Script>): void {
  for (const { url, functions } of counts.result) {
    const file = files.get(url);
    const loaded = counts["source-map-cache"]?.[url];
    if (file === undefined || loaded === undefined) continue;
    const shape = loaded.lineLengths.join();
    const script = scripts.get(file) ?? { ...tokensOf(loaded), shape, blocks: new Map(), hasChanged: false };
    scripts.set(file, script);
    script.hasChanged ||= script.shape !== shape;
    const blocks = functions.flatMap(({ ranges }) => ranges).sort(outerFirst);
    const innermost = paint(blocks, (block) => Math.min(1, block.count));
    for (const { offset, token } of script.places) token.run ||= innermost[offset] === 1;
    for (const block of blocks) script.blocks.set(`${block.startOffset}-${block.endOffset}`, block);
  }
}

function neverLoaded(file: string): Script {
  const tokens = tokensNeverLoaded(readFileSync(file, "utf8"));
  return { ...tokens, shape: "", blocks: new Map(), hasChanged: false };
}

/** A number for each offset, that of the innermost block around it. */
function paint(blocks: readonly Block[], numberOf: (block: Block, index: number) => number): Uint32Array {
  const numbers = new Uint32Array(Math.max(0, ...blocks.map(({ endOffset }) => endOffset)));
  for (const [index, block] of blocks.entries()) {
    numbers.fill(numberOf(block, index), block.startOffset, block.endOffset);
  }
  return numbers;
}

function outerFirst(a: Block, b: Block): number {
  return a.startOffset - b.startOffset || b.endOffset - a.endOffset;
}

/** Whether each line that has tokens was run. */
function linesOf({ tokens }: Script): readonly boolean[] {
  return [...groupBy(tokens, ({ line }) => line).values()].map((inLine) => inLine.some(({ run }) => run));
}

/** Whether each block that has tokens of its own was run, and all of it. */
function branchesOf({ tokens, places, blocks }: Script): readonly boolean[] {
  if (blocks.size === 0) return tokens.length > 0 ? [false] : [];
  const innermost = paint([...blocks.values()].sort(outerFirst), (_, index) => index);
  const byBlock = groupBy(places, ({ offset }) => innermost[offset]);
  return [...byBlock.values()].map((own) => own.every(({ token }) => token.run));
}

/** The tokens that were not run, those that follow one another together. */
function gapsOf(file: string, { source, tokens, blocks, hasChanged }: Script): readonly Gap[] {
  const whole = (text: string): readonly Gap[] => [{ file, line: 1, column: 1, text }];
  if (hasChanged) return whole("(changed while the specs ran: run them again)");
  if (blocks.size === 0) return tokens.length > 0 ? whole("(nothing loads it)") : [];
  const gaps: Gap[] = [];
  for (const [index, first] of tokens.entries()) {
    if (first.run || tokens[index - 1]?.run === false) continue;
    const next = tokens.findIndex(({ run }, other) => other > index && run);
    const last = tokens.at(next === -1 ? -1 : next - 1) ?? first;
    const text = textBetween(source, first, last, tokens[next]);
    gaps.push({ file, line: first.line + 1, column: first.column + 1, text });
  }
  return gaps;
}

/** In one line, from `first` to `next` or, if that stands further down, to the end of the line of `last`. */
function textBetween(source: readonly string[], first: Token, last: Token, next: Token | undefined): string {
  const lines = source.slice(first.line, last.line + 1);
  const end = next?.line === last.line ? next.column : undefined;
  return lines
    .map((line, index) => line.slice(index === 0 ? first.column : 0, index === lines.length - 1 ? end : undefined))
    .map((line) => line.trim())
    .join(" ");
}

function share(parts: readonly boolean[]): Share {
  return { run: parts.filter((run) => run).length, all: parts.length };
}

/** By URL, the TypeScript files below `root`, in the order of their paths. */
function sourcesBelow(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const files = paths.map((path) => join(root, path).split(sep).join("/")).sort();
  return new Map(files.map((file) => [pathToFileURL(file).href, file]));
}

function roomOf(root: string, file: string): string {
  return file.slice(root.length + 1).split("/")[0] ?? "";
}
