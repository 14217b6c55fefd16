import { posix } from "node:path";
import { codeOf, type Files } from "./source.ts";

/** What users may import, by the specifier they import it from. */
export const ENTRIES: Readonly<Record<string, string>> = {
  sequitur: "lib/index.ts",
  "sequitur/service": "lib/service/index.ts",
  "sequitur/kafka": "lib/service/kafka.ts",
  "sequitur/testing": "lib/service/testing.ts",
};

/** One exported name, where it is declared, and the doc comment there. */
export type PublicName = {
  readonly name: string;
  readonly isType: boolean;
  readonly file: string;
  readonly line: number;
  readonly doc: string | undefined;
  /** Line of `file` in which `doc` begins. */
  readonly docLine: number;
};

type Found = { readonly file: string; readonly index: number; readonly isType: boolean };

const LIST = /^export\s+(type\s+)?\{([^}]*)\}(?:\s*from\s*"([^"]+)")?/gm;
const STAR = /^export\s+\*\s+from\s*"([^"]+)"/gm;
const IMPORT_LIST = /^import\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"([^"]+)"/gm;
const DECLARATION =
  /^export\s+(?:declare\s+|abstract\s+|async\s+)*(function\*?|class|const|let|type|interface)\s+([\w$]+)/gm;

/** Every name that `entry` exports, sorted; re-exports are followed to their declarations by text. */
export function publicNames(files: Files, entry: string): readonly PublicName[] {
  return exportsOf(files, entry)
    .map(([name, found]) => toPublicName(files, name, found))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The list as it is committed: `type` marks names that exist for the compiler only. */
export function publicNameList(files: Files): Readonly<Record<string, readonly string[]>> {
  const lists = Object.entries(ENTRIES).map(([specifier, entry]) => {
    const names = files.has(entry) ? publicNames(files, entry) : [];
    return [specifier, names.map(({ name, isType }) => (isType ? `type ${name}` : name))] as const;
  });
  return Object.fromEntries(lists);
}

function toPublicName(files: Files, name: string, { file, index, isType }: Found): PublicName {
  const before = (files.get(file) ?? "").slice(0, index);
  // The last doc comment before the declaration, if nothing but other comments stands between.
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\/[^\n]*\n\s*)*$/.exec(before);
  const doc = comment?.[1]?.replace(/^[ \t]*\* ?/gm, "").trimEnd();
  const docLine = before.slice(0, comment?.index ?? 0).split("\n").length;
  return { name, isType, file, line: before.split("\n").length, doc, docLine };
}

function exportsOf(files: Files, file: string): (readonly [string, Found])[] {
  const code = codeOf(sourceOf(files, file), true);
  const declared = [...code.matchAll(DECLARATION)].map((hit) => {
    const isType = hit[1] === "type" || hit[1] === "interface";
    return [hit[2] ?? "", { file, index: hit.index, isType }] as const;
  });
  const starred = [...code.matchAll(STAR)].flatMap((hit) => exportsOf(files, target(file, hit[1] ?? "")));
  const listed = [...code.matchAll(LIST)].flatMap(([, type, list, from]) =>
    namesIn(list ?? "").map(({ name, as, isType }) => {
      const found = from === undefined ? localOf(files, file, name) : lookUp(files, target(file, from), name);
      return [as, { ...found, isType: found.isType || isType || type !== undefined }] as const;
    }),
  );
  return [...declared, ...listed, ...starred];
}

function lookUp(files: Files, file: string, name: string): Found {
  const found = exportsOf(files, file).find(([exported]) => exported === name);
  if (found === undefined) throw new Error(`${file} exports no "${name}" that can be found by its text`);
  return found[1];
}

/** A name exported by `export { name }`: declared in the file, or imported into it. */
function localOf(files: Files, file: string, name: string): Found {
  const code = codeOf(sourceOf(files, file), true);
  for (const [, list, from] of code.matchAll(IMPORT_LIST)) {
    const imported = namesIn(list ?? "").find(({ as }) => as === name);
    if (imported !== undefined) return lookUp(files, target(file, from ?? ""), imported.name);
  }
  const pattern = new RegExp(
    `^(?:async\\s+|abstract\\s+)*(function\\*?|class|const|let|type|interface)\\s+${name}\\b`,
    "m",
  );
  const hit = pattern.exec(code);
  if (hit === null) throw new Error(`${file} exports "${name}" but does not declare it`);
  return { file, index: hit.index, isType: hit[1] === "type" || hit[1] === "interface" };
}

function namesIn(list: string): readonly { name: string; as: string; isType: boolean }[] {
  return [...list.matchAll(/(\btype\s+)?([\w$]+)(?:\s+as\s+([\w$]+))?\s*(?:,|$)/g)].map((hit) => {
    const name = hit[2] ?? "";
    return { name, as: hit[3] ?? name, isType: hit[1] !== undefined };
  });
}

function target(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier);
}

function sourceOf(files: Files, file: string): string {
  const text = files.get(file);
  if (text === undefined) throw new Error(`${file} is exported from but does not exist`);
  return text;
}
