// Which specs have to notice a change in a room: its own, and what else is there for it, on a few cases.
import { readdirSync } from "node:fs";
import { selectFiles } from "../run/files.ts";

export type Room = { readonly name: string; readonly specs: readonly string[] };

const PAIRS = "spec/mutate/pairs.ts";
const WORLDS = "spec/mutate/worlds.ts";

export const ROOMS: readonly Room[] = [
  { name: "time", specs: specsIn("spec/time") },
  { name: "matching", specs: [...specsIn("spec/matching", "spec/cases/cases.spec.ts"), PAIRS] },
  { name: "state", specs: [...specsIn("spec/state", "spec/runtime/restore-laws.spec.ts"), WORLDS] },
  { name: "runtime", specs: [...specsIn("spec/runtime"), WORLDS] },
];

/** Every file of its code. */
export function sourcesOf({ name }: Room): readonly string[] {
  const paths = readdirSync(`lib/${name}`, { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `lib/${name}/${path.replaceAll("\\", "/")}`)
    .sort();
}

function specsIn(...places: readonly string[]): readonly string[] {
  return selectFiles(places).files;
}
