// The status of a service while its cluster settles: a broker that died has coordinated its group.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../lib/core/errors.ts";
import { type StateStatus, stateStatus } from "../../lib/service/state-status.ts";
import type { StateLook } from "../../lib/transports/kafka/state-look.ts";
import { manualClock, settle } from "../runtime/engine-kit.ts";

const it = suite("state status");

const QUESTION = { app: "app", topic: "app-state", group: "app", inputs: ["in"], whole: false };

/** Asks a cluster whose group answers `code` for `forMs`, and gives what comes out within a minute, and when. */
async function statusAfter(forMs: number, code: string): Promise<{ status: StateStatus | string; atMs: number }> {
  const clock = manualClock();
  const since = clock.now();
  const nobody = async (): Promise<never> => {
    throw new Error("there is no state to look at");
  };
  const look = {
    counts: async () => new Map([["in", 1]]),
    members: async () => {
      if (clock.now() - since < forMs) throw new TransportError(code, "not now", { retriable: true });
      return [{ instance: "web-1", host: "10.0.0.1" }];
    },
    bounds: nobody,
    ends: nobody,
  } as Partial<StateLook> as StateLook;
  let found: { status: StateStatus | string; atMs: number } | null = null;
  const told = (status: StateStatus | string): void => {
    found = { status, atMs: clock.now() - since };
  };
  void stateStatus(look, QUESTION, clock).then(told, (error: TransportError) => told(error.code));
  await settle();
  for (let second = 0; second < 60 && found === null; second += 1) await clock.advance(1_000);
  if (found === null) throw new Error("it is not answered within a minute");
  return found;
}

it("waits for a cluster that is not ready, for some seconds", async () => {
  const { status } = await statusAfter(9_000, "CLUSTER_NOT_READY");
  assert.is((status as StateStatus).members[0]?.instance, "web-1");
  const { status: refused, atMs } = await statusAfter(60_000, "CLUSTER_NOT_READY");
  assert.is(refused, "CLUSTER_NOT_READY");
  assert.ok(atMs > 9_000 && atMs <= 20_000, `${atMs} ms`);
});

it("does not wait for a cluster that cannot be reached: it was tried already", async () => {
  assert.equal(await statusAfter(9_000, "BROKERS_UNREACHABLE"), { status: "BROKERS_UNREACHABLE", atMs: 0 });
});

it.run();
