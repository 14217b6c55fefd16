// The tokens of a source and where they stand in the code that was made from it and loaded.
import { SourceMap, type SourceMapPayload } from "node:module";
import { transformSync } from "esbuild";

/** The smallest thing of which source maps speak. Lines and columns count from 0. */
export type Token = { readonly line: number; readonly column: number; run: boolean };

/** Loaded code: the length of each of its lines, and its source map. Node keeps that of every module. */
export type Loaded = { readonly lineLengths: readonly number[]; readonly data: SourceMapPayload };

export type Tokens = {
  readonly source: readonly string[];
  /** In the order of the source. */
  readonly tokens: readonly Token[];
  /** In the order of the loaded code, in which the same token can stand more than once. */
  readonly places: readonly { readonly offset: number; readonly token: Token }[];
};

/** Brackets that close something, and functions that do nothing: there is nothing to run. */
const EMPTY = /[)\]};,]|\(\)(?:: \w+)? => \{\}|(?<==> )\{\}/y;
/** The end of an exhaustive switch: the compiler proves that nothing gets there, so it is neither counted nor wanted. */
const UNREACHABLE = /^\s*(?:default:|(?:default:\s*)?(?:return )?unreachable\([^;]*\);)\s*(?:\/\/.*)?$/;

/** Finds the tokens that count: comments and types are none, for nothing was made from them. */
export function tokensOf({ lineLengths, data }: Loaded): Tokens {
  const map = new SourceMap(data);
  const source = (data.sourcesContent[0] ?? "").split("\n");
  const byPlace = new Map<string, Token>();
  const places: { offset: number; token: Token }[] = [];
  let lineStart = 0;
  for (const [line, length] of lineLengths.entries()) {
    for (let column = 0; column < length; column++) {
      const entry = map.findEntry(line, column);
      if (!("generatedColumn" in entry) || entry.generatedLine !== line || entry.generatedColumn !== column) continue;
      const written = source[entry.originalLine] ?? "";
      EMPTY.lastIndex = entry.originalColumn;
      if (UNREACHABLE.test(written) || EMPTY.test(written)) continue;
      const key = `${entry.originalLine}:${entry.originalColumn}`;
      const token = byPlace.get(key) ?? { line: entry.originalLine, column: entry.originalColumn, run: false };
      byPlace.set(key, token);
      places.push({ offset: lineStart + column, token });
    }
    lineStart += length + 1;
  }
  const tokens = [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  return { source, tokens, places };
}

/** The tokens of a source that nobody has loaded. */
export function tokensNeverLoaded(text: string): Tokens {
  const { code, map } = transformSync(text, {
    loader: "ts",
    sourcemap: "external",
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const lineLengths = code.split("\n").map((line) => line.length);
  return tokensOf({ lineLengths, data: JSON.parse(map) as SourceMapPayload });
}
