// Specs and all of lib that they need as one program, with at most one change in it: esbuild makes it in a tenth of the time that it
// would take to load the files one by one.
//
//     run-specs ─▶ duration.spec.ts ─▶ lib/time/duration.ts    ◀ the change
//         └──────▶ watermark.spec.ts ─▶ …                        each spec runs when its turn has come
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { FOR_NODE } from "../run/bundle.ts";
import { changedText, type Mutant } from "./mutants.ts";

/** Writes the program. @throws {Error} if what was changed cannot be read as code any more */
export async function writeProgram(specs: readonly string[], mutant: Mutant | null, outfile: string): Promise<void> {
  const list = specs.map(
    (file) => `{ file: ${JSON.stringify(file)}, load: () => import(${JSON.stringify(`./${file}`)}) }`,
  );
  await build({
    ...FOR_NODE,
    stdin: {
      contents: `import { runSpecs } from "./spec/mutate/run-specs.ts";\nvoid runSpecs([${list.join(", ")}]);`,
      resolveDir: process.cwd(),
      loader: "ts",
    },
    outfile,
    packages: "external",
    plugins: [endsSoon, standsWhereItStood, ...(mutant === null ? [] : [changed(mutant)])],
  });
}

const FIRST_FAILURE = resolve(import.meta.dirname, "first-failure.ts");
const FEW_CASES = resolve(import.meta.dirname, "few-cases.ts");
/** fast-check is imported by default, too, which no file of ours is. */
const FAST_CHECK = `export * from ${JSON.stringify(FEW_CASES)}; export { fewCases as default } from ${JSON.stringify(FEW_CASES)};`;

const endsSoon: Plugin = {
  name: "ends soon",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^uvu$/ }, ({ importer }) => (importer === FIRST_FAILURE ? null : { path: FIRST_FAILURE }));
    onResolve({ filter: /^fast-check$/ }, ({ path, importer }) =>
      importer === FEW_CASES ? null : { path, namespace: "few" },
    );
    onLoad({ filter: /./, namespace: "few" }, () => ({ contents: FAST_CHECK, resolveDir: import.meta.dirname }));
  },
};

/** Specs look for their material beside them. */
const standsWhereItStood: Plugin = {
  name: "stands where it stood",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]spec[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return null;
      return { contents: text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
    });
  },
};

function changed(mutant: Mutant): Plugin {
  const changedPath = resolve(mutant.file);
  return {
    name: "changed",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]lib[\\/].*\.ts$/ }, ({ path }) =>
        path === changedPath ? { contents: changedText(mutant), loader: "ts" } : null,
      );
    },
  };
}
