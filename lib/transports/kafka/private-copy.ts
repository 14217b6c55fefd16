// Loads a CommonJS package as a copy of our own, with some of its modules changed. What the rest of the process gets from
// `require` or `import` stays as it was, whoever came first: a service may use the package itself and sees no change.
//
// Node's own `require` shares one cache per process, and modules that are required late, inside functions, would come from it.
// So this is a small `require` with its own cache. Files run as Node runs them, under their own names in stack traces.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative } from "node:path";
import { compileFunction } from "node:vm";

/** What a module exports. */
export type Exports = unknown;

/** Gives what to export in place of what a module exports; it may also change that. `load` gives other modules of the copy. */
export type Change = (exports: Exports, load: (path: string) => Exports) => Exports;

type Module = { exports: Exports };

/**
 * Makes a copy of the package in `folder`, and gives a function that loads its modules by their path in it. Reads and compiles
 * files when they are first asked for, by whomever; `changes`, also by path, apply then.
 */
export function privateCopy(folder: string, changes: ReadonlyMap<string, Change>): (path: string) => Exports {
  const modules = new Map<string, Module>();
  return loadByPath;

  function loadByPath(path: string): Exports {
    return load(join(folder, path));
  }

  function load(file: string): Exports {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    modules.set(file, module);
    try {
      run(file, module);
    } catch (error) {
      modules.delete(file);
      throw error;
    }
    return module.exports;
  }

  function run(file: string, module: Module): void {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".json")) {
      module.exports = JSON.parse(text);
      return;
    }
    const outer = createRequire(file);
    const files = new Map<string, string | null>();
    // Some modules require others with every request: to look for a file would take longer than all else that they do.
    const inner = (id: string): Exports => {
      let own = files.get(id);
      if (own === undefined) {
        const found = outer.resolve(id);
        own = isAbsolute(found) && !relative(folder, found).startsWith("..") ? found : null;
        files.set(id, own);
      }
      return own === null ? outer(id) : load(own);
    };
    const body = compileFunction(text, ["exports", "require", "module", "__filename", "__dirname"], { filename: file });
    body.call(module.exports, module.exports, inner, module, file, dirname(file));
    const change = changes.get(relative(folder, file));
    if (change !== undefined) module.exports = change(module.exports, loadByPath);
  }
}
