// Inputs written by producers of others, in transactions of their own, side by side in the same partitions: some are committed, some
// aborted, some left to their time-out. Of the aborted ones nothing may count.
import { openField, type Writing } from "../field.ts";
import { deathsOf } from "../hurt.ts";
import { finished, type Outcome, type Scenario, type Trial } from "../scenario.ts";

const PRODUCERS = ["a", "b", "c"];
/** A transaction ends after about so many records. */
const RECORDS = 15;
const SETTINGS = { "transaction.timeout.ms": "5000" };

export const foreign: Scenario = {
  name: "foreign",
  what: "input with committed, aborted and abandoned transactions of foreign producers, while processes die",
  async run(trial: Trial): Promise<Outcome> {
    const { broker, seed, isShort } = trial;
    const field = await openField(await broker(), "foreign", { seed });
    const ended = { commit: 0, abort: 0 };
    const writing: Writing = function* (record) {
      const by = PRODUCERS[Math.floor(field.chance() * PRODUCERS.length)] as string;
      yield { ...record, by };
      if (field.chance() * RECORDS > 1) return;
      const end = field.chance() < 0.6 ? "commit" : "abort";
      ended[end] += 1;
      yield { end, by };
    };
    field.write(writing, { transactionalId: `${field.app}-foreign`, whenDone: "leave", settings: SETTINGS });
    const died = await deathsOf(field, isShort ? 3 : 20, trial);
    const said = (): string =>
      `${ended.commit} foreign transactions committed, ${ended.abort} aborted, those open at the end abandoned, ${died} processes killed`;
    return finished(field, said, () => ended.abort > 0 && died > 0);
  },
};
