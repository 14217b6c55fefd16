// At least once where nothing goes wrong but that processes come and go: whoever is given a shard finds all of it saved, and nobody says
// anything again.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../../../run/ask.ts";
import { Situations } from "../situations.ts";
import { storyOf } from "./stories.ts";
import type { Move, Story } from "./story.ts";
import { type Change, worldsWith } from "./worlds.ts";

const it = suite("worlds where shards are handed over in peace");

const WORLDS = 300;
const NOT_SAVED: Change = {
  name: "nobody saves before shards move",
  file: "runtime/shard/engine.ts",
  text: "{ onRebalancing: () => this.#saveAll() }",
  instead: "{}",
};

/** Nothing but processes that come and go, and patterns that say nothing of which there could be two alike. */
function inPeace(story: Story): Story {
  const moves = story.moves.filter(({ does }: Move) => does === "join" || does === "leave");
  const service = { ...story.service, guarantee: "at-least-once" as const, patterns: [] };
  return { ...story, faults: [], moves, service, epilogue: "none" };
}

/** What came up in them. */
async function played(change: Change | null): Promise<Situations> {
  const situations = new Situations();
  const play = await worldsWith(change);
  for (let seed = 1; seed <= WORLDS; seed += 1) await play(inPeace(storyOf(seed)), situations);
  return situations;
}

it("says nothing twice; and does where nothing is saved before", async () => {
  const saved = await played(null);
  assert.is(saved.count("alerts were sent again"), 0);
  const moved = saved.count("a shard was taken over where somebody left it");
  assert.ok(moved > WORLDS / 3, `${moved} shards moved`);
  const unsaved = (await played(NOT_SAVED)).count("alerts were sent again");
  assert.ok(unsaved > 0);
  note(
    `${moved} shards moved in ${WORLDS} worlds; without saving before, alerts were sent again in ${unsaved} of them`,
  );
});

it.run();
