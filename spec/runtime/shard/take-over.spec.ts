// Taking over where the log is not as it was a moment ago: somebody else cuts it, or brokers do not show what was committed.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { takeOver } from "../../../lib/runtime/shard/take-over.ts";
import type { LogBounds, StateBatch } from "../../../lib/runtime/shard-ports.ts";
import { createReplay } from "../../../lib/state/replay.ts";
import { smallWorld } from "./small-world.ts";

const it = suite("taking over a shard");

/** Where the barrier comes to stand. */
const AT = 100n;

type Log = {
  /** Each time they are asked for. */
  readonly bounds: readonly LogBounds[];
  /** Whether the barrier can be read. */
  readonly isShown: boolean;
};

/** What becomes of one attempt, and how long it took. */
async function attempt({ bounds, isShown }: Log): Promise<{ readonly outcome: string; readonly tookMs: number }> {
  const { clock, until } = smallWorld(1);
  const identity = { app: "shop", instance: "me", release: 1, shards: 1, partitions: 1, patterns: [] };
  let barrier: Uint8Array | undefined;
  let asked = 0;
  async function* read(): AsyncGenerator<StateBatch> {
    for (;;) {
      await new Promise<void>((resolve) => clock.after(250, resolve));
      if (isShown)
        yield {
          records: [{ offset: AT, value: barrier ?? null }],
          next: AT + 1n,
        };
      else yield { records: [], next: AT - 10n };
    }
  }
  const unused = () => Promise.reject(new Error("nobody asks"));
  const taking = takeOver(
    {
      shard: 0,
      identity,
      clock,
      source: { proveMembership: async () => undefined, bounds: unused, beginnings: unused },
      state: {
        takeOver: async () => ({
          begin: async () => ({
            send: async ({ blocks }) => {
              barrier = blocks[0];
              return AT;
            },
            commit: async () => undefined,
          }),
          close: async () => undefined,
        }),
        bounds: async () => bounds[Math.min(asked++, bounds.length - 1)] as LogBounds,
        read,
        trim: unused,
      },
      isOurs: () => true,
      nextNonce: () => "once",
    },
    null,
    createReplay(identity, "shard 0"),
    () => undefined,
  );
  let outcome = "";
  taking.then(
    () => {
      outcome = "taken";
    },
    (error: { readonly code: string }) => {
      outcome = error.code;
    },
  );
  const since = clock.now();
  await until(() => outcome !== "");
  return { outcome, tookMs: clock.now() - since };
}

it("a log that somebody else has cut since counts as theirs, one that nobody wrote to as damaged", async () => {
  const start = 50n; // and no checkpoint behind it
  assert.is((await attempt({ bounds: [{ start, end: AT + 2n }], isShown: true })).outcome, "TRUNCATED_STATE");
  const later = [
    { start, end: AT + 2n },
    { start, end: AT + 7n },
  ];
  assert.is((await attempt({ bounds: later, isShown: true })).outcome, "OVERTAKEN");
  assert.is((await attempt({ bounds: [{ start: AT + 1n, end: AT + 7n }], isShown: true })).outcome, "OVERTAKEN");
  assert.is((await attempt({ bounds: [{ start: 0n, end: AT + 2n }], isShown: true })).outcome, "taken");
});

it("a barrier that brokers have committed and do not show is given up for another after some seconds", async () => {
  const { outcome, tookMs } = await attempt({ bounds: [{ start: 0n, end: AT - 10n }], isShown: false });
  assert.is(outcome, "COMMIT_HIDDEN");
  assert.ok(tookMs > 5_000 && tookMs < 7_000, `${tookMs} ms`);
});

it.run();
