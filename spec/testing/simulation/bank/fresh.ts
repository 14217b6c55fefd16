// Seeds that nobody has chosen: others with every change of lib, the same as long as nothing changes.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Recorded seeds are below, by far. */
const FIRST = 1_000_000;
const RANGE = 1_000_000_000;

export function freshSeeds(count: number): { readonly from: number; readonly to: number } {
  const lib = join(import.meta.dirname, "../../../../lib");
  const hash = createHash("sha256");
  for (const file of (readdirSync(lib, { recursive: true }) as string[]).filter((path) => path.endsWith(".ts")).sort())
    hash.update(readFileSync(join(lib, file)));
  const from = FIRST + (hash.digest().readUInt32BE(0) % RANGE);
  return { from, to: from + count - 1 };
}
