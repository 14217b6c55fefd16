// What the parts of sequitur that look for files at run time get in a single file instead.
//
//     transports/kafka/installed    kafkajs and fzstd, embedded. Our kafkajs is a copy of its own, so that a service which uses
//                                   kafkajs itself gets it as it is. Each module hands what it exports to the change for it.
//     service/version               the version as it was when the file was made

import { readdirSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { OnLoadResult, Plugin } from "esbuild";
import { versionOfPackage } from "../service/version.ts";

/** Of the files of the running package. */
export const ENDING: ".js" | ".ts" = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
/** The running package. */
export const OWN_FOLDER: string = fileURLToPath(new URL("../", import.meta.url));

const require = createRequire(import.meta.url);

/** Names our copy of kafkajs, and in it the module that is none of kafkajs. */
const COPY = "sequitur-kafkajs";
const CHANGES = "#changes";

export const embedKafkajs: Plugin = {
  name: "embed-kafkajs",
  setup: ({ onLoad, onResolve }) => {
    const folder = dirname(require.resolve("kafkajs/package.json"));
    onLoad({ filter: /installed\.[jt]s$/ }, ({ path }): OnLoadResult | null => {
      if (!isOwn(path, "transports/kafka/installed")) return null;
      const contents = installed(modulesIn(folder), isInstalled("fzstd"));
      return { contents, loader: "js", resolveDir: dirname(path) };
    });
    onResolve({ filter: new RegExp(`^${COPY}:`) }, ({ path }) => ({
      path: path.slice(COPY.length + 1),
      namespace: COPY,
    }));
    onResolve({ filter: /./, namespace: COPY }, ({ path, importer }) => {
      if (isBuiltin(path)) return { path, external: true };
      const found = createRequire(join(folder, importer)).resolve(path);
      return { path: relative(folder, found).replaceAll(sep, "/"), namespace: COPY };
    });
    onLoad({ filter: /./, namespace: COPY }, ({ path }): OnLoadResult => {
      if (path === CHANGES) return { contents: changes, loader: "js" };
      const text = readFileSync(join(folder, path), "utf8");
      return path.endsWith(".json")
        ? { contents: text, loader: "json" }
        : { contents: changed(path, text), loader: "js" };
    });
  },
};

export const embedVersion: Plugin = {
  name: "embed-version",
  setup: ({ onLoad }) => {
    onLoad({ filter: /version\.[jt]s$/ }, ({ path }): OnLoadResult | null => {
      if (!isOwn(path, "service/version")) return null;
      const version = JSON.stringify(versionOfPackage());
      return { contents: `export function versionOfPackage() { return ${version}; }`, loader: "js" };
    });
  },
};

/** Whether `path` is that of a file of the running package, given without its ending. */
function isOwn(path: string, own: string): boolean {
  return path === join(OWN_FOLDER, `${own}${ENDING}`);
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** The modules of kafkajs, by their paths in the package. */
function modulesIn(folder: string): readonly string[] {
  const inside = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" });
  const scripts = inside.filter((path) => path.endsWith(".js")).map((path) => `src/${path.replaceAll(sep, "/")}`);
  return ["index.js", "package.json", ...scripts.sort()];
}

/** Stands in the place of `transports/kafka/installed`: the same interface. One service has kafkajs changed or not, never both. */
function installed(modules: readonly string[], withFzstd: boolean): string {
  const entries = modules.map((path) => `[${JSON.stringify(path)}, () => require("${COPY}:${path}")],`);
  return `const modules = new Map([
${entries.join("\n")}
]);
const load = (path) => modules.get(path)();
export function installedKafkajs() {
  return {
    place: "this file",
    stock: load,
    copy: (changes) => {
      require("${COPY}:${CHANGES}").use((path, exports) => changes.get(path)?.(exports, load) ?? exports);
      return load;
    },
  };
}
export function installedFzstd() {
  ${withFzstd ? 'return require("fzstd");' : 'throw new Error("fzstd was not installed where this file was made");'}
}
`;
}

const changes = `let change = (path, exports) => exports;
exports.use = (given) => { change = given; };
exports.changed = (path, exports) => change(path, exports);
`;

function changed(path: string, text: string): string {
  return `${text}\nmodule.exports = require("${COPY}:${CHANGES}").changed(${JSON.stringify(path)}, module.exports);\n`;
}
