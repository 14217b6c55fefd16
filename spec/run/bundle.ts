// Programs of the specs as one file of plain JavaScript, made by esbuild in a folder of their own.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

/** How files of the project become one for Node. */
export const FOR_NODE = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["sequitur-source"],
  logLevel: "silent",
} satisfies BuildOptions;

export type Folder = { readonly path: string; readonly remove: () => void };

/** A folder for programs, where they find the packages that they need. */
export function openFolder(name: string): Folder {
  const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The program that begins in `entry`, with all that it needs; `path` is its file. */
export async function bundle(name: string, entry: URL, options: BuildOptions = {}): Promise<Folder> {
  const { path, remove } = openFolder(name);
  const outfile = join(path, "program.mjs");
  await build({ ...FOR_NODE, entryPoints: [fileURLToPath(entry)], outfile, ...options });
  return { path: outfile, remove };
}
