// A process that is stopped in the middle of a transaction for longer than its session: somebody takes its shards, and then it wakes up
// and goes on as if nothing had been.
import { until } from "../../transports/kafka/kit.ts";
import { type Field, openField } from "../field.ts";
import type { Member } from "../member.ts";
import { CHECKPOINT_POINTS, type Point } from "../points.ts";
import { finished, type Outcome, pause, type Scenario, type Trial } from "../scenario.ts";
import { inFlight } from "../talk.ts";

const AWAKE_MS = 1_000;
/** What it has not sent yet, it sends when it wakes up. */
const POINTS = CHECKPOINT_POINTS.filter(({ moment }) => moment !== "answered");

export const sleeping: Scenario = {
  name: "sleep",
  what: "SIGSTOP in the middle of a transaction beyond the session timeout, takeover, SIGCONT",
  async run({ broker, seed, isShort, tell, signal }: Trial): Promise<Outcome> {
    const field = await openField(await broker(), "sleep", { seed, partitions: 4 });
    field.write();
    const [other, sleeper] = [field.start(), field.start()];
    const rounds = isShort ? 2 : 2 * POINTS.length;
    let slept = 0;
    let inTransaction = 0;
    for (; slept < rounds && !signal.aborted; slept += 1) {
      await field.untilShared(2);
      const point = POINTS[(slept + seed) % POINTS.length] as Point;
      await putToSleep(sleeper, point);
      if (inFlight(sleeper.witness().talk).size > 0) inTransaction += 1;
      await until("the other has all", () => other.shards().length === field.partitions);
      await pause(AWAKE_MS, signal);
      sleeper.kill("SIGCONT");
      tell(`slept ${slept + 1} of ${rounds} times, ${point.name}`);
    }
    await field.untilShared(2);
    const said = (): string => `slept through its session ${slept} times, ${inTransaction} with an alert in flight`;
    return finished(
      field,
      () => `${said()}, ${fencedIn(field)} shards found that they had been taken`,
      () => inTransaction === slept,
    );
  },
};

async function putToSleep(sleeper: Member, point: Point): Promise<void> {
  const before = sleeper.witness().done.length;
  sleeper.order({ point, shards: null, number: 1, act: { kind: "sleep" } });
  await until(`${sleeper.name} sleeps`, () => sleeper.witness().done.length > before);
}

/** How often an old owner was told, in one way or another, that it is one. */
function fencedIn(field: Field): number {
  const lines = field.all().flatMap((member) => member.lines());
  return lines.filter(({ message, reason }) =>
    /taken over afresh|find(ing)? out what became/.test(`${message} ${reason}`),
  ).length;
}
