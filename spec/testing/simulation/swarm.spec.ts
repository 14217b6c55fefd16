// Exactly once under everything at once, on the model broker: requests and answers are lost, come late, come twice; processes are
// killed at any request, stopped for longer than their session and go on, join and leave. At least once under the same.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import { allowMs, note } from "../../run/ask.ts";
import { MUST_COME_UP, MUST_COME_UP_AT_LEAST_ONCE, Situations } from "./situations.ts";
import { swarm } from "./swarm.ts";

const it = suite("swarm");
/** Some twenty seconds, several times as long where a machine is busy and coverage is measured. */
allowMs(240_000);

const SEEDS = 300;
const SEEDS_AT_LEAST_ONCE = 100;
/** Seeds that found a mistake once. */
const REMEMBERED = [46, 125, 214, 245, 2533, 3174];
const TWICE = 10;

it("commits every alert once, in each of many worlds", async () => {
  const situations = new Situations();
  for (let seed = 1; seed <= SEEDS; seed += 1) await told(seed, situations);
  for (const what of MUST_COME_UP) assert.ok(situations.count(what) > 0, `never came up: ${what}`);
  tellOf(SEEDS, MUST_COME_UP, situations);
});

it("loses no alert with at-least-once, in each of many worlds, and sends none again under another id", async () => {
  const situations = new Situations();
  for (let seed = 1; seed <= SEEDS_AT_LEAST_ONCE; seed += 1) await told(seed, situations, "at-least-once");
  for (const what of MUST_COME_UP_AT_LEAST_ONCE) assert.ok(situations.count(what) > 0, `never came up: ${what}`);
  tellOf(SEEDS_AT_LEAST_ONCE, MUST_COME_UP_AT_LEAST_ONCE, situations);
});

it("does not make an old mistake again", async () => {
  for (const seed of REMEMBERED) await told(seed, new Situations());
});

it("repeats a world to the last step", async () => {
  for (let seed = 1; seed <= TWICE; seed += 1)
    assert.is(await swarm(seed, new Situations()), await swarm(seed, new Situations()), `seed ${seed}`);
});

async function told(seed: number, situations: Situations, guarantee: Guarantee = "exactly-once"): Promise<void> {
  try {
    await swarm(seed, situations, guarantee);
  } catch (error) {
    throw new Error(`npm run simulate -- --guarantee ${guarantee} --seeds ${seed}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function tellOf(worlds: number, what: readonly string[], situations: Situations): void {
  note(`${worlds} worlds; ${what.map((each) => `${situations.count(each)} × ${each}`).join(", ")}`);
}

it.run();
