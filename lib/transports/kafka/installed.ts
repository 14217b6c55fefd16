// The two packages that are loaded by hand, from where they are installed: kafkajs, whose files are changed one by one, and fzstd,
// which need not be there. `sequitur build` puts a file with both of them in it in the place of this one.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Change, type Exports, privateCopy } from "./private-copy.ts";

/** kafkajs by the paths of its modules in the package. */
export interface KafkaJsFiles {
  /** Where they are, for people. */
  readonly place: string;
  /** A module as everybody else in the process gets it. */
  stock(path: string): Exports;
  /** A copy of our own with `changes`, as `privateCopy` makes it. */
  copy(changes: ReadonlyMap<string, Change>): (path: string) => Exports;
}

const require = createRequire(import.meta.url);

/** @throws {Error} if it is not installed. */
export function installedKafkajs(): KafkaJsFiles {
  return kafkajsIn(dirname(require.resolve("kafkajs/package.json")));
}

export function kafkajsIn(folder: string): KafkaJsFiles {
  return {
    place: folder,
    stock: (path) => require(join(folder, path)),
    copy: (changes) => privateCopy(folder, changes),
  };
}

/** @throws {Error} if it is not installed. */
export function installedFzstd(): Exports {
  return require("fzstd");
}
