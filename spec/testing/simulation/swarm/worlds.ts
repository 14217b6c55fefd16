// Worlds as one program: esbuild puts the swarm and all of lib that it needs together, which is a quarter faster than loading the
// files one by one; and one text of one file may be replaced, which plants a bug.
//
//     play-story.ts ─▶ crew.ts ─▶ lib/… keeper.ts … ─▶ one module, never on disk ─▶ play(story)
//                                        ▲ this instead of that
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { FOR_NODE } from "../../../run/bundle.ts";
import type { Situations } from "../situations.ts";
import type { Story } from "./story.ts";

/** One text of one file of `lib`, and what stands there instead. */
export type Change = {
  /** For people. */
  readonly name: string;
  /** Path in `lib`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly text: string;
  readonly instead: string;
};

/** As `playStory`. */
export type Worlds = (story: Story, situations: Situations) => Promise<string>;

/** `null`: nothing is changed. @throws {Error} if the text does not stand exactly once in its file. */
export async function worldsWith(change: Change | null): Promise<Worlds> {
  const { outputFiles } = await build({
    ...FOR_NODE,
    entryPoints: [join(import.meta.dirname, "play-story.ts")],
    write: false,
    minifyWhitespace: true,
    plugins: change === null ? [] : [planting(change, await planted(change))],
  });
  const code = Buffer.from(outputFiles?.[0]?.contents ?? []).toString("base64");
  const { playStory } = (await import(`data:text/javascript;base64,${code}`)) as typeof import("./play-story.ts");
  return playStory;
}

/** The file with the change in it. */
async function planted({ name, file, text, instead }: Change): Promise<string> {
  const whole = await readFile(pathOf(file), "utf8");
  const [before = "", after, ...more] = whole.split(text);
  if (after === undefined || more.length > 0)
    throw new Error(
      `"${name}" cannot be planted: its text stands ${more.length + (after === undefined ? 0 : 1)} times in lib/${file}.`,
    );
  return `${before}${instead}${after}`;
}

function planting({ file }: Change, contents: string): Plugin {
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
