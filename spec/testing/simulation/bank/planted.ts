// The swarm with one mistake in it. esbuild puts the swarm and all of lib that it needs together, one text of one file replaced.
//
//     swarm.ts ─▶ hurt-service.ts ─▶ lib/… keeper.ts … ─▶ one module, never on disk ─▶ swarm(seed)
//                                          ▲ this instead of that
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Guarantee } from "../../../../lib/runtime/shard/outlet.ts";
import { Situations } from "../situations.ts";

/** A mistake that somebody might make. */
export type PlantedBug = {
  /** Unique; for people and for the command. */
  readonly name: string;
  /** Path in `lib`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly text: string;
  readonly instead: string;
  /** What goes wrong because of it. */
  readonly breaks: string;
  /** A world that finds it; 0: none is known yet. */
  readonly seed: number;
  /** Of the service in the world. Left out: exactly-once. */
  readonly guarantee?: Guarantee;
};

/** Whole worlds with the mistake in them. Rejects as `swarm` does. */
export type Worlds = (seed: number, guarantee?: Guarantee) => Promise<unknown>;

/** `null`: nothing is changed. @throws {Error} if the text does not stand exactly once in its file. */
export async function worldsWith(bug: PlantedBug | null): Promise<Worlds> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../swarm.ts")],
    bundle: true,
    write: false,
    // Whoever counts coverage is told the whole text, for it is the name of the module.
    minifyWhitespace: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["sequitur-source"],
    logLevel: "silent",
    plugins: bug === null ? [] : [planting(bug, await planted(bug))],
  });
  const code = Buffer.from(outputFiles?.[0]?.contents ?? []).toString("base64");
  const { swarm } = (await import(`data:text/javascript;base64,${code}`)) as typeof import("../swarm.ts");
  return (seed, guarantee = bug?.guarantee) => swarm(seed, new Situations(), guarantee);
}

/** The file with the mistake in it. */
async function planted({ name, file, text, instead }: PlantedBug): Promise<string> {
  const whole = await readFile(pathOf(file), "utf8");
  const [before = "", after, ...more] = whole.split(text);
  if (after === undefined || more.length > 0)
    throw new Error(
      `"${name}" cannot be planted: its text stands ${more.length + (after === undefined ? 0 : 1)} times in lib/${file}.`,
    );
  return `${before}${instead}${after}`;
}

function planting({ file }: PlantedBug, contents: string): Plugin {
  return {
    name: "planted",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => (path === pathOf(file) ? { contents, loader: "ts" } : null));
    },
  };
}

function pathOf(file: string): string {
  return resolve(import.meta.dirname, "../../../../lib", file);
}

/** What a world shows that fails; `null`: it does not fail. */
export async function whatIsSeen(worlds: Worlds, seed: number, guarantee?: Guarantee): Promise<string | null> {
  try {
    await worlds(seed, guarantee);
    return null;
  } catch (error) {
    return kindOf((error as Error).message);
  }
}

/** In words for the table, from the first line that a world says and what its processes died of. */
function kindOf(message: string): string {
  const [first = ""] = message.split("\n");
  const died = /^i\d+ (?:\w*Error:)/m.test(message);
  if (first.startsWith("missing: ")) return first.startsWith("missing: nothing") ? "too much" : "alerts are missing";
  if (first.startsWith("too much: ")) return "alerts are there twice";
  if (first.startsWith("not everything")) return died ? "processes fail" : "not everything is committed";
  if (first.startsWith("checkpoints of ")) return "checkpoints are not in order";
  if (first.startsWith("open transactions")) return "a transaction stays open";
  if (/^i\d+: /.test(first)) return "a process fails";
  return /checkpoint|state/.test(first) ? "the state cannot be read" : "the world breaks down";
}
