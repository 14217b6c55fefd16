// A world that fails, made small: fast-check takes away faults, moves, records and processes as long as it fails in the same way.
import fc from "fast-check";
import { kindOf } from "./failure.ts";
import { parametersOf, stories } from "./stories.ts";
import { type Story, tellStory } from "./story.ts";

export type Small = {
  readonly story: Story;
  /** What its world says. */
  readonly error: Error;
  /** Leads fast-check from the seed to the story. */
  readonly path: string;
};

/** What is known to fail, or how long to look for something smaller. */
type How = { readonly path: string } | { readonly forMs: number };

const SHRINK_FOR_MS = 60_000;

/** `null`: the world of the seed does not fail. With a path, only the story that it leads to is played. */
export async function shrink(
  seed: number,
  play: (story: Story) => Promise<unknown>,
  how: How = { forMs: SHRINK_FOR_MS },
): Promise<Small | null> {
  let kind: string | null = null;
  const property = fc.asyncProperty(stories, async (story) => {
    const error = await play(story).then(
      () => null,
      (error: Error) => error,
    );
    if (error === null) return;
    kind ??= kindOf(error);
    // Another failure is another story.
    if (kindOf(error) === kind) throw error;
  });
  const more = "path" in how ? { ...how, endOnFailure: true } : { interruptAfterTimeLimit: how.forMs };
  const { counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
    ...parametersOf(seed),
    ...more,
  });
  if (counterexample === null) return null;
  return { story: counterexample[0], error: errorInstance as Error, path: counterexamplePath ?? "" };
}

/** For people: how to play it again, what is in it, what its world says. */
export function tellSmall(seed: number, { story, error, path }: Small): string {
  return `npm run simulate -- --seeds ${seed} --path ${path}\n${tellStory(story)}\n${error.message}`;
}
