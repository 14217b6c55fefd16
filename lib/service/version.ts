// Which sequitur this is.

import { readFileSync } from "node:fs";

/** The version of the running package; `unknown` where it was bundled into another. */
export function versionOfPackage(): string {
  try {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const { name, version } = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
    return name === "sequitur" ? String(version) : "unknown";
  } catch {
    return "unknown";
  }
}
