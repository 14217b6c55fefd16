// A process that plays the worlds of seeds for `crowd.ts`.
import { Situations } from "../situations.ts";
import { CANNOT_BE_PLAYED, type Played, type Task } from "./crowd.ts";
import { kindOf } from "./failure.ts";
import { storyOf } from "./stories.ts";
import { type Worlds, worldsWith } from "./worlds.ts";

// Errors are part of these worlds, their stacks are not.
Error.stackTraceLimit = 0;

let worlds: Promise<Worlds> | null = null;
let changedBy: string | null = null;

// Nobody is left to tell.
process.on("disconnect", () => process.exit());
process.on("message", (task: Task) => void play(task));

async function play({ change, from, to, isOneEnough }: Task): Promise<void> {
  const situations = new Situations();
  const failed: { seed: number; kind: string; message: string }[] = [];
  const key = JSON.stringify(change);
  if (worlds === null || changedBy !== key) [worlds, changedBy] = [worldsWith(change), key];
  let seed = from;
  try {
    const playStory = await worlds;
    for (; seed <= to && !(isOneEnough && failed.length > 0); seed += 1) {
      await playTwiceSometimes(playStory, seed, situations).catch((error: Error) =>
        failed.push({ seed, kind: kindOf(error), message: error.message }),
      );
    }
  } catch (error) {
    failed.push({ seed, kind: CANNOT_BE_PLAYED, message: (error as Error).message });
  }
  process.send?.({ count: seed - from, failed, situations: situations.counts() } satisfies Played);
}

/** One world in so many is played twice: it has to be the same to the last step. */
const TWICE_EVERY = 50;

async function playTwiceSometimes(playStory: Worlds, seed: number, situations: Situations): Promise<void> {
  const trace = await playStory(storyOf(seed), situations);
  if (seed % TWICE_EVERY !== 0) return;
  const again = await playStory(storyOf(seed), new Situations());
  if (again !== trace) throw new Error(`played twice, the world is another: ${trace} and ${again}`);
}
