// The broker is killed and comes back, with the same data: at a named step of a checkpoint, most of all just before and just after a
// commit is sent. Whether that one got through nobody knows until it is read.
import { until } from "../../transports/kafka/kit.ts";
import { openField } from "../field.ts";
import { killing } from "../hurt.ts";
import { CHECKPOINT_POINTS, type Point } from "../points.ts";
import { finished, type Outcome, oneOf, pause, type Scenario, type Trial } from "../scenario.ts";

const COMMITTING = CHECKPOINT_POINTS.filter(({ api }) => api === "endTxn");
const AWAY_MS = 2_000;

export const brokerKilled: Scenario = {
  name: "broker",
  what: "kill -9 of the broker and restart, in the middle of commits and of other steps",
  async run({ broker: open, seed, isShort, tell, signal }: Trial): Promise<Outcome> {
    const broker = await open();
    const field = await openField(broker, "broker", { seed, connection: { sessionTimeoutMs: 6_000 } });
    field.write();
    for (let n = 0; n < 2; n += 1) field.start();
    const rounds = isShort ? 2 : 12;
    let killed = 0;
    let committing = 0;
    for (; killed < rounds && !signal.aborted; killed += 1) {
      await field.untilShared(2);
      const isCommit = killed % 2 === 0;
      const point: Point = oneOf(isCommit ? COMMITTING : CHECKPOINT_POINTS, field.chance);
      const victim = oneOf(field.living(), field.chance);
      victim.order({ point, shards: null, number: 1 + Math.floor(field.chance() * 5), act: killing([broker]) });
      await until("the broker is dead", () => broker.pid() === null);
      if (point.api === "endTxn") committing += 1;
      await pause(field.chance() * AWAY_MS, signal);
      await broker.restart();
      tell(`the broker was killed ${killed + 1} of ${rounds} times, ${point.name}`);
    }
    await field.untilShared(2);
    return finished(
      field,
      () => `the broker was killed ${killed} times, ${committing} of them in the middle of a commit`,
    );
  },
};
