// The swarm itself: its worlds repeat, what fails is made small, and a small story says how to play it again.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../../run/ask.ts";
import { BANK } from "./bank/bank.ts";
import { Situations } from "./situations.ts";
import { gather } from "./swarm/crowd.ts";
import { playStory } from "./swarm/play-story.ts";
import { shrink, tellSmall } from "./swarm/shrink.ts";
import { storyOf } from "./swarm/stories.ts";
import type { Story } from "./swarm/story.ts";
import { worldsWith } from "./swarm/worlds.ts";

const it = suite("swarm");
allowMs(480_000);

const HERE = 40;
const TWICE = 5;
const SHRINK_FOR_MS = 120_000;

it("commits every alert once, in worlds that are played here", async () => {
  for (let seed = 1; seed <= HERE; seed += 1) await playStory(storyOf(seed), new Situations());
});

it("repeats a world to the last step, here and bundled", async () => {
  const bundled = await worldsWith(null);
  for (let seed = 1; seed <= TWICE; seed += 1) {
    const trace = await playStory(storyOf(seed), new Situations());
    assert.is(await playStory(storyOf(seed), new Situations()), trace, `seed ${seed}`);
    assert.is(await bundled(storyOf(seed), new Situations()), trace, `seed ${seed}, bundled`);
  }
});

it("makes a world that fails small, and plays the small one again", async () => {
  const bug = BANK.find(({ name }) => name === "resolve takes an unknown commit for lost");
  assert.ok(bug);
  const worlds = await worldsWith(bug);
  const play = (story: Story): Promise<string> => worlds(story, new Situations());
  const small = await shrink(bug.seed, play, { forMs: SHRINK_FOR_MS });
  assert.ok(small);
  const { faults, moves, foreign, arrivals } = small.story;
  const told = tellSmall(bug.seed, small);
  assert.ok(faults.length + moves.length <= 3, told);
  assert.ok(foreign.length === 0 && arrivals.length <= 5, told);
  assert.ok(told.startsWith(`npm run simulate -- --seeds ${bug.seed} --path ${small.path}\n`), told);
  const again = await shrink(bug.seed, play, { path: small.path });
  assert.equal(again?.story, small.story);
  assert.is(again?.error.message, small.error.message);
});

it("makes nothing of a world that passes", async () => {
  const worlds = await worldsWith(null);
  assert.is(await shrink(1, (story) => worlds(story, new Situations())), null);
});

it("says of a crowd what one world says, and that a worker ended", async () => {
  const crowd = gather(2);
  const [one, other] = await Promise.all(
    [1, 2].map((seed) => crowd.play({ change: null, from: seed, to: seed, isOneEnough: true })),
  );
  const situations = new Situations();
  await playStory(storyOf(1), situations);
  assert.equal(new Map(one?.situations), new Map(situations.counts()));
  assert.is(other?.count, 1);
  crowd.close();
});

it.run();
