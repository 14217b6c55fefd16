// The worlds that every change has to pass, by the thousand.
import { MUST_COME_UP, Situations } from "../situations.ts";
import { gather, type Played, playAll } from "./crowd.ts";
import { shrink, tellSmall } from "./shrink.ts";
import { worldsWith } from "./worlds.ts";

export type Range = { readonly from: number; readonly to: number };

/**
 * Plays them all in a process of their own, while this one waits; tells what came up how often.
 *
 * @throws {Error} with the first world that fails, made small; or if a situation never came up.
 */
export async function passWorlds({ from, to }: Range): Promise<string> {
  const situations = new Situations();
  const failed: Played["failed"][number][] = [];
  const crowd = gather(1);
  try {
    const onPlayed = (played: Played): void => {
      failed.push(...played.failed);
      situations.add(played.situations);
    };
    await playAll(crowd, { from, to, isOneEnough: true, isOver: () => false, onPlayed });
  } finally {
    crowd.close();
  }
  const [first] = failed;
  if (first !== undefined) throw new Error(await storyBehind(first));
  const missing = MUST_COME_UP.filter((what) => situations.count(what) === 0);
  if (missing.length > 0) throw new Error(`never came up: ${missing.join(", ")}`);
  const counts = MUST_COME_UP.map((what) => `${situations.count(what)} × ${what}`);
  return `${to - from + 1} worlds, ${MUST_COME_UP.length} situations: ${counts.join(", ")}`;
}

async function storyBehind({ seed, message }: Played["failed"][number]): Promise<string> {
  const worlds = await worldsWith(null);
  const small = await shrink(seed, (story) => worlds(story, new Situations()));
  return `npm run simulate -- --seeds ${seed}\n${message}\n\n${small === null ? "Played here, it passes." : tellSmall(seed, small)}`;
}
