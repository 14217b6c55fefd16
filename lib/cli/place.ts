// Places in a user's files, as people and editors write them: file:line:column.

import { isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stackOf } from "../event/bad-record.ts";
import type { Place } from "./bundle.ts";

/** The path as a person in this folder would write it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") || isAbsolute(short) ? path : short;
}

/** `service.ts:3:14`. */
export function showPlace({ file, line, column }: Place): string {
  return `${shortPath(file)}:${line}:${column}`;
}

/** The innermost place in one of `files` that the stack of `error` passes through; `null` if it never does. */
export function placeInStack(error: unknown, files: readonly string[]): Place | null {
  for (const line of stackOf(error).split("\n")) {
    const [, path = "", row, column] = /^\s*at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    const file = path.startsWith("file://") ? fileURLToPath(path) : path;
    if (files.includes(file)) return { file, line: Number(row), column: Number(column) };
  }
  return null;
}

/** The first place where one of `files` imports `text` or something below it. */
export function placeOfQuoted(text: string, files: readonly string[], read: (file: string) => string): Place | null {
  for (const file of files) {
    const lines = read(file).split("\n");
    for (const [index, line] of lines.entries()) {
      const at = ['"', "'"].map((quote) =>
        Math.max(line.indexOf(`${quote}${text}${quote}`), line.indexOf(`${quote}${text}/`)),
      );
      const column = Math.max(...at);
      if (column >= 0) return { file, line: index + 1, column: column + 1 };
    }
  }
  return null;
}
