// A few worlds of `npm run simulate`.
import { suite } from "uvu";
import { Situations } from "../testing/simulation/situations.ts";
import { playStory } from "../testing/simulation/swarm/play-story.ts";
import { storyOf } from "../testing/simulation/swarm/stories.ts";

const WORLDS = 20;

const it = suite("a few worlds");

it("says everything once", async () => {
  Error.stackTraceLimit = 0;
  for (let seed = 1; seed <= WORLDS; seed += 1) await playStory(storyOf(seed), new Situations());
});

it.run();
