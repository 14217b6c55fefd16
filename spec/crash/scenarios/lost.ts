// Requests that never arrive, answers that never come, and both of them late: by API and number, of whichever process. Late by so much,
// too, that the sender has given up and the request arrives when nobody counts on it any more.
import { openField } from "../field.ts";
import type { Act } from "../hook.ts";
import type { Point } from "../points.ts";
import { finished, type Outcome, oneOf, pause, type Scenario, type Trial } from "../scenario.ts";
import type { Api } from "../wire.ts";

/** Those of transactions more often than the others. */
const TRANSACTIONAL: readonly Api[] = ["produce", "addPartitionsToTxn", "endTxn", "initProducerId"];
const OTHERS: readonly Api[] = [
  "fetch",
  "listOffsets",
  "metadata",
  "offsetCommit",
  "findCoordinator",
  "heartbeat",
  "joinGroup",
  "syncGroup",
];
/** The longest is longer than a request may take. */
const DELAYS_MS = [50, 500, 3_000];
const PAUSE_MS = 600;

export const lost: Scenario = {
  name: "lost",
  what: "requests and answers dropped or delayed, by API and number",
  async run({ broker, seed, isShort, tell, signal }: Trial): Promise<Outcome> {
    const field = await openField(await broker(), "lost", { seed });
    field.write();
    for (let n = 0; n < 2; n += 1) field.start();
    await field.untilShared(2);
    const orders = isShort ? 24 : 300;
    for (let n = 0; n < orders && !signal.aborted; n += 1) {
      const { chance } = field;
      const api = oneOf(chance() < 0.7 ? TRANSACTIONAL : OTHERS, chance);
      const what = oneOf(["request", "answer"] as const, chance);
      const act: Act = chance() < 0.6 ? { kind: "lose", what } : { kind: "delay", what, ms: oneOf(DELAYS_MS, chance) };
      const name = `${api} ${what} ${act.kind === "lose" ? "lost" : "late"}`;
      const point: Point = { name, phase: "any", moment: "before", api };
      oneOf(field.living(), chance).order({ point, shards: null, number: 1 + Math.floor(chance() * 3), act });
      await pause(PAUSE_MS * 2 * chance(), signal);
      if (n % 20 === 19) tell(`${n + 1} of ${orders} faults`);
    }
    const done = field.living().flatMap((member) => member.witness().done.map(({ point }) => point));
    const commits = done.filter((name) => name.startsWith("endTxn"));
    const kinds = new Set(done).size;
    return finished(
      field,
      () => `${done.length} faults of ${kinds} kinds, ${commits.length} of them of a commit`,
      () => commits.length > 0 && done.length > orders / 2,
    );
  },
};
