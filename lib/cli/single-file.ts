// One file of a service: the service, the packages it uses, sequitur with its commands, and kafkajs with its repairs. Only
// Node's own modules, and packages that were left out on purpose, stay outside.

import { isBuiltin } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildFailure, type BuildResult, build } from "esbuild";
import { type BundleFailure, failureOf, ownConditions, runningCopy } from "./bundle.ts";
import { ENDING, embedKafkajs, embedVersion, OWN_FOLDER } from "./embedded.ts";

export type SingleFile = {
  readonly code: string;
  readonly map: string;
  /** Packages that have to be installed where the file runs. */
  readonly outside: readonly string[];
  /** Absolute paths of the user's files in it. */
  readonly files: readonly string[];
};

export type SingleFileOptions = {
  /** Absolute paths of the service, and of the file to be. */
  readonly file: string;
  readonly out: string;
  readonly minify: boolean;
  /** Packages to leave out. */
  readonly external: readonly string[];
};

/** Makes the file, and writes nothing. Takes about a second. Resolves with a failure instead of rejecting. */
export async function singleFile(options: SingleFileOptions): Promise<SingleFile | BundleFailure> {
  const { file, out, minify, external } = options;
  try {
    const built = await build({
      stdin: { contents: beginning(file), resolveDir: dirname(file), loader: "js", sourcefile: BEGINNING },
      outfile: out,
      bundle: true,
      external: [...external],
      format: "esm",
      platform: "node",
      target: "node20",
      banner: { js: REQUIRE },
      sourcemap: "linked",
      sourcesContent: false,
      minifyWhitespace: minify,
      minifySyntax: minify, // names stay: a service may look at those of its classes
      metafile: true,
      write: false,
      logLevel: "silent",
      conditions: ownConditions(),
      absWorkingDir: dirname(file),
      plugins: [embedKafkajs, embedVersion, runningCopy(file, "inside")],
    });
    return partsOf(built, file);
  } catch (error) {
    return failureOf(error as BuildFailure, dirname(file));
  }
}

const BEGINNING = "sequitur-build.js";

/** Whether it is no file of anybody, but one that was made on the way. */
function isMade(input: string): boolean {
  return input === BEGINNING || /^[\w-]{2,}:/.test(input);
}

/** The service is imported when its turn comes, so that what it throws then is told as `sequitur run` tells it. */
function beginning(file: string): string {
  const built = fileURLToPath(new URL(`./built${ENDING}`, import.meta.url));
  const service = `./${basename(file)}`;
  return `import { runBuilt } from ${JSON.stringify(built)};
await runBuilt(() => import(${JSON.stringify(service)}));
`;
}

/** Packages in the older form of modules ask for Node's own modules with `require`, which a file in the newer form has not. */
const REQUIRE =
  'import { createRequire as __sequitur_require } from "node:module"; const require = __sequitur_require(import.meta.url);';

function partsOf({ outputFiles, metafile }: BuildResult<{ write: false; metafile: true }>, file: string): SingleFile {
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const outside = imports.filter(({ path, external }) => external === true && !isBuiltin(path)).map(({ path }) => path);
  const found = Object.keys(metafile.inputs).filter((input) => !isMade(input));
  const files = found.map((input) => resolve(dirname(file), input));
  return {
    code: textOf(".mjs"),
    map: textOf(".map"),
    outside: [...new Set(outside)].sort(),
    files: files.filter((path) => !/[\\/]node_modules[\\/]/.test(path) && !path.startsWith(OWN_FOLDER)),
  };
}
