// As much of `npm run crash` as every change has time for: a service on a real broker that is killed at each step of the protocol, and
// hurt in other ways.
import * as assert from "uvu/assert";
import { requireBroker } from "../broker/require-broker.ts";
import { allowMs, note } from "../run/ask.ts";
import { endAll } from "../transports/kafka/kit.ts";
import { NAMES } from "./cycles.ts";
import { crashRounds } from "./rounds.ts";
import type { Outcome, Trial } from "./scenario.ts";
import { brokerKilled } from "./scenarios/broker-killed.ts";
import { damaged } from "./scenarios/damaged.ts";
import { leaders } from "./scenarios/leaders.ts";

allowMs(900_000);

const broker = await requireBroker({ restarts: true });
const it = broker.suite("crash");
it.after.each(endAll);

const TRIAL: Trial = {
  broker: async () => broker,
  seed: 7,
  isShort: true,
  tell: () => undefined,
  signal: new AbortController().signal,
};

function held({ isGood, said }: Outcome): void {
  assert.ok(isGood, said);
  note(said.split("\n")[0] as string);
}

it("whoever dies at whatever step, each alert is there once", async () => {
  held(await crashRounds(TRIAL, NAMES.length));
});

it(brokerKilled.what, async () => held(await brokerKilled.run(TRIAL)));

it(leaders.what, async () => held(await leaders.run(TRIAL)));

it(damaged.what, async () => held(await damaged.run(TRIAL)));

it.run();
