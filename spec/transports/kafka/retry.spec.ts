// Trying again: how long the pauses are, and when it is given up.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { backoffMs, loudness, mayPass, patiently } from "../../../lib/transports/kafka/retry.ts";
import { manualClock, settle } from "../../runtime/engine-kit.ts";

const it = suite("retry");
const backoff = { firstMs: 100, mostMs: 2_000 };

it("waits twice as long each time up to the longest, less up to half, and the same for the same id", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 1_000 }), (id, tries) => {
      const ms = backoffMs(backoff, id, tries);
      const fullMs = Math.min(2_000, 100 * 2 ** (tries - 1));
      assert.ok(ms >= fullMs / 2 && ms <= fullMs, `${ms} ms`);
      assert.is(backoffMs(backoff, id, tries), ms);
    }),
  );
  const several = new Set(Array.from({ length: 20 }, (_, id) => backoffMs(backoff, `instance-${id}`, 5)));
  assert.ok(several.size > 10, "processes that failed together come back apart");
});

const busy = new Error("busy");

type Tried = { readonly outcome: Promise<string>; readonly retries: number[]; tries: number };

function tryIt(failures: number, options: { readonly isRetriable?: boolean; readonly isOver?: () => boolean } = {}) {
  const clock = manualClock();
  const tried: Tried = { outcome: Promise.resolve(""), retries: [], tries: 0 };
  const act = async (): Promise<string> => {
    tried.tries += 1;
    if (tried.tries <= failures) throw busy;
    return "done";
  };
  const outcome = patiently(act, {
    clock,
    backoff,
    id: "x",
    withinMs: 10_000,
    isRetriable: () => options.isRetriable ?? true,
    onRetry: (_, inMs) => tried.retries.push(inMs),
    isOver: options.isOver ?? (() => false),
  }).catch((error: Error) => error.message);
  return { clock, tried, outcome };
}

it("tries until it succeeds", async () => {
  const { clock, tried, outcome } = tryIt(3);
  for (let step = 0; step < 3; step += 1) await clock.advance(2_000);
  assert.is(await outcome, "done");
  assert.equal([tried.tries, tried.retries.length], [4, 3]);
});

it("gives up when time is over, when it is of no use, or when nobody wants it any more", async () => {
  const { clock, tried, outcome } = tryIt(1_000);
  for (let step = 0; step < 20; step += 1) await clock.advance(1_000);
  assert.is(await outcome, "busy");
  assert.ok(tried.retries.reduce((sum, ms) => sum + ms, 0) <= 10_000);
  for (const options of [{ isRetriable: false }, { isOver: () => true }]) {
    const once = tryIt(1_000, options);
    await settle();
    assert.is(await once.outcome, "busy");
    assert.is(once.tried.tries, 1);
  }
});

it("what settles by itself is told aloud only if it lasts", () => {
  const passing = new TransportError("CLUSTER_NOT_READY", "the coordinator moves", { retriable: true });
  const away = new TransportError("BROKERS_UNREACHABLE", "nobody answers", { retriable: true });
  assert.equal([loudness(passing, 100), loudness(passing, 2_000), loudness(away, 100)], ["debug", "warn", "warn"]);
  assert.is(loudness(busy, 100), "warn");
  assert.equal([passing, new TransportError("DATA_LOST", "gone", { retriable: false }), busy].map(mayPass), [
    true,
    false,
    false,
  ]);
});

it.run();
