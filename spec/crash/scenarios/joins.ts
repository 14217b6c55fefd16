// Processes that join and leave all the time, under load: every few seconds the shards are shared out anew.
import { openField } from "../field.ts";
import type { Member } from "../member.ts";
import { finished, type Outcome, oneOf, pause, type Scenario, type Trial } from "../scenario.ts";

const EVERY_MS = 3_000;
const MOST = 3;

export const joins: Scenario = {
  name: "joins",
  what: "a process joins or leaves every 3 s",
  async run({ broker, seed, isShort, tell, signal }: Trial): Promise<Outcome> {
    const field = await openField(await broker(), "joins", { seed });
    field.write();
    field.start();
    await field.untilShared(1);
    const times = isShort ? 5 : 60;
    const leaving = new Map<Member, Promise<void>>();
    const changes = { joined: 0, left: 0 };
    for (let n = 0; n < times && !signal.aborted; n += 1) {
      const living = field.living().filter((member) => !leaving.has(member));
      const isFull = living.length === MOST;
      if (isFull || (living.length > 1 && field.chance() < 0.5)) {
        changes.left += 1;
        const member = oneOf(living, field.chance);
        const left = member.stop();
        left.catch(() => undefined); // waited for at the end
        leaving.set(member, left);
      } else {
        changes.joined += 1;
        field.start();
      }
      await pause(EVERY_MS, signal);
      tell(`${changes.joined} joined, ${changes.left} left, of ${times}`);
    }
    await Promise.all(leaving.values());
    return finished(field, () => `${changes.joined} joined and ${changes.left} left, one every 3 s, under load`);
  },
};
