// The planted bugs as a table of spec/README.md.
import type { PlantedBug } from "./planted.ts";

export const TABLE_HEAD: readonly string[] = [
  "| planted bug | in `lib` | what it breaks | seed | what its world shows |",
  "|---|---|---|--:|---|",
];

export function rowOf({ name, file, breaks, seed }: PlantedBug, seen: string): string {
  return `| ${name} | \`${file}\` | ${breaks} | ${seed} | ${seen} |`;
}
