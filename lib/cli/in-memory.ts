// Modules that are nowhere on disk. What they import is looked for as if they lay where their URL says, so the packages of
// a user's project are found, and nothing is written beside the user's files: a folder may be read-only.

import { register } from "node:module";

/** Lets `import(url)` give a module with this source. A URL is given once. Costs a thread for the hooks, the first time. */
export function provideModule(url: string, source: string): void {
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: { url, source } });
}

/** Run in a thread of their own, where this package's files may not be loadable: so they come as text. */
const HOOKS = `
const sources = new Map();
export async function initialize({ url, source }) {
  sources.set(url, source);
}
export async function resolve(specifier, context, next) {
  return sources.has(specifier) ? { url: specifier, format: "module", shortCircuit: true } : next(specifier, context);
}
export async function load(url, context, next) {
  return sources.has(url) ? { format: "module", source: sources.get(url), shortCircuit: true } : next(url, context);
}
`;
