// Makes one JavaScript module of a user's file and what it imports by relative path, so that TypeScript runs without a
// build step. Packages stay outside; places in the result lead back to the user's lines.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildFailure, build, type Loader, type Plugin } from "esbuild";

/** What became of a user's file. */
export type Bundle = {
  /** The module, with an inline source map. */
  readonly code: string;
  /** Absolute paths of the user's files in it. */
  readonly files: readonly string[];
};

/** A place in a user's file, counted as editors do: from 1. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** A file that cannot be bundled: broken syntax, or an import that leads nowhere. */
export type BundleFailure = { readonly place: Place | null; readonly lineText: string; readonly message: string };

/** Bundles `file` as if the result lay at `target`. Resolves with a failure instead of rejecting. */
export async function bundle(file: string, target: string): Promise<Bundle | BundleFailure> {
  try {
    const built = await build({
      entryPoints: [file],
      outfile: target,
      bundle: true,
      packages: "external",
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      metafile: true,
      write: false,
      logLevel: "silent",
      conditions: ownConditions(),
      absWorkingDir: dirname(file),
      define: PLACES_OF_MODULES,
      plugins: [keepPlaces, runningCopy(file, "outside")],
    });
    const files = Object.keys(built.metafile.inputs).map((input) => resolve(dirname(file), input));
    return { code: built.outputFiles[0]?.text ?? "", files };
  } catch (error) {
    return failureOf(error as BuildFailure, dirname(file));
  }
}

/** The export condition under which this package is its own TypeScript. */
const SOURCE_CONDITION = "sequitur-source";

/** The export conditions under which this process found the package. */
export function ownConditions(): string[] {
  const given = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  return given.includes(SOURCE_CONDITION) ? [SOURCE_CONDITION] : [];
}

// In one file, import.meta says where that file is. Modules that ask get constants that say where they were.
const PLACES_OF_MODULES = {
  "import.meta.url": "__sequitur_url",
  "import.meta.filename": "__sequitur_filename",
  "import.meta.dirname": "__sequitur_dirname",
};

const keepPlaces: Plugin = {
  name: "keep-places",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.[mc]?[jt]sx?$/ }, ({ path }) => {
      const contents = textOf(path);
      if (contents === null) return { errors: [{ text: `${path} cannot be read` }] };
      if (!contents.includes("import.meta")) return null;
      return {
        contents: placesOf(path) + contents.replace(/^#!/, "//"),
        loader: LOADERS.get(extname(path)) ?? "ts",
        resolveDir: dirname(path),
      };
    });
  },
};

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

const LOADERS: ReadonlyMap<string, Loader> = new Map([
  [".js", "js"],
  [".mjs", "js"],
  [".cjs", "js"],
  [".jsx", "jsx"],
  [".tsx", "tsx"],
]);

/** On one line, so that the lines of the file keep their numbers. */
function placesOf(path: string): string {
  const values = [pathToFileURL(path).href, path, dirname(path)].map((value) => JSON.stringify(value));
  return `const __sequitur_url = ${values[0]}, __sequitur_filename = ${values[1]}, __sequitur_dirname = ${values[2]};`;
}

/** Files outside of any project that has this package get the running copy of it. */
export function runningCopy(file: string, where: "inside" | "outside"): Plugin {
  return {
    name: "running-copy",
    setup: ({ onResolve }) => {
      if (hasOwnSequitur(file)) return;
      onResolve({ filter: /^sequitur(\/|$)/ }, ({ path }) => {
        if (ENTRIES.includes(path)) {
          const url = import.meta.resolve(path);
          return where === "inside" ? { path: fileURLToPath(url) } : { path: url, external: true };
        }
        return {
          errors: [{ text: `there is no "${path}"; there are ${ENTRIES.map((one) => `"${one}"`).join(", ")}` }],
        };
      });
    },
  };
}

/** What of this package can be imported. */
const ENTRIES: readonly string[] = ["sequitur", "sequitur/service", "sequitur/kafka", "sequitur/testing"];

/** How a user writes the import of a file of this package; `null` if it is none of its entries. */
export function ownSpecifier(url: string): string | null {
  return ENTRIES.find((entry) => import.meta.resolve(entry) === url) ?? null;
}

function hasOwnSequitur(file: string): boolean {
  try {
    createRequire(file).resolve("sequitur/package.json");
    return true;
  } catch {
    return false;
  }
}

/** What esbuild says of a file that it cannot bundle. @throws `failure` if it is nothing of the kind */
export function failureOf(failure: BuildFailure, folder: string): BundleFailure {
  const [error] = failure.errors ?? [];
  if (!error) throw failure;
  const { location } = error;
  if (!location) return { place: null, lineText: "", message: error.text };
  const file = resolve(folder, location.file);
  const shift = location.line === 1 && location.lineText.startsWith("const __sequitur_url") ? placesOf(file).length : 0;
  const place = { file, line: location.line, column: Math.max(1, location.column + 1 - shift) };
  return { place, lineText: location.lineText.slice(shift), message: error.text };
}
