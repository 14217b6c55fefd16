import { existsSync, readdirSync, statSync } from "node:fs";
import { join, normalize, sep } from "node:path";

/** Where specs stand. Folders named `fixtures` hold material for specs, never specs. */
const ROOTS = ["spec", "patterns", "samples"];

/** The files to run, sorted, and the arguments that name none. */
export type Selection = { readonly files: readonly string[]; readonly unmatched: readonly string[] };

/**
 * Resolves the runner's arguments, relative to the working directory: a file is taken as it is, a folder stands for the
 * specs below it, anything else for the specs whose path contains it. No argument means every spec.
 */
export function selectFiles(args: readonly string[]): Selection {
  const all = ROOTS.flatMap(specsBelow);
  if (args.length === 0) return { files: all.sort(), unmatched: [] };
  const files = new Set<string>();
  const unmatched: string[] = [];
  for (const arg of args) {
    const found = matching(arg, all);
    if (found.length === 0) unmatched.push(arg);
    for (const file of found) files.add(file);
  }
  return { files: [...files].sort(), unmatched };
}

function matching(arg: string, all: readonly string[]): readonly string[] {
  if (!existsSync(arg)) return all.filter((file) => file.includes(arg));
  return statSync(arg).isFile() ? [normalize(arg)] : specsBelow(arg);
}

function specsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".spec.ts") && !/(^|[\\/])(fixtures|node_modules)[\\/]/.test(path))
    .map((path) => join(folder, path).split(sep).join("/"))
    .sort();
}
