// The file in which a process leaves what it has said to Kafka: written over at each change, so that it is true at any moment, that
// of a `kill -9` included.
import { readFileSync } from "node:fs";
import type { Witness } from "./hook.ts";
import type { ShardTalk } from "./talk.ts";

/** Of what this process has left so far. */
let longest = 0;

/** Whatever was longer before is covered by spaces. */
export function writeWitness({ talk, done }: Witness): string {
  const text = JSON.stringify({ talk: [...talk], done });
  longest = Math.max(longest, text.length);
  return text.padEnd(longest);
}

/** What a process left; nothing, if it never spoke. */
export function readWitness(file: string): Witness {
  const text = readFileSync(file, "utf8").trim();
  if (text === "") return { talk: new Map(), done: [] };
  const { talk, done } = JSON.parse(text) as { talk: [number, ShardTalk][]; done: Witness["done"] };
  return { talk: new Map(talk), done };
}
