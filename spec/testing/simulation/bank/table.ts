// The planted bugs as a table of spec/README.md, and their seeds as they stand in the bank.
import type { PlantedBug } from "./planted.ts";

export const TABLE_HEAD: readonly string[] = [
  "| planted bug | in `lib` | what it breaks | seed | what its world shows |",
  "|---|---|---|--:|---|",
];

export function rowOf({ name, file, breaks, seed }: PlantedBug, seen: string): string {
  return `| ${name} | \`${file}\` | ${breaks} | ${seed} | ${seen} |`;
}

/** The text with another table in it. @throws {Error} if there is none */
export function withTable(text: string, rows: readonly string[]): string {
  const [head = ""] = TABLE_HEAD;
  const begin = text.indexOf(`\n${head}\n`);
  const end = text.indexOf("\n\n", begin + 1);
  if (begin < 0 || end < 0) throw new Error("there is no table of planted bugs");
  return `${text.slice(0, begin)}\n${[...TABLE_HEAD, ...rows].join("\n")}${text.slice(end)}`;
}

/** The text of a part of the bank with another seed for the bug of this name; unchanged if it is in another part. */
export function withSeed(text: string, name: string, seed: number): string {
  const at = text.indexOf(`name: ${JSON.stringify(name)},`);
  if (at < 0) return text;
  return text.slice(0, at) + text.slice(at).replace(/seed: \d+,/, `seed: ${seed},`);
}
