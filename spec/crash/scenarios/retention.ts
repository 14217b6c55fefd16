// Input that is deleted before it is read, while nobody runs. The service says so and stops; told to go on, it goes on with what is there.
// The beginning of the log is moved by DeleteRecords, which is what retention does to it.
import { type ConsumedRecord, consoleConsume } from "../../broker/console-consume.ts";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { asAdmin } from "../../broker/topics.ts";
import { type Sale, traffic } from "../../kafka-load/traffic.ts";
import { type Field, openField } from "../field.ts";
import { judge } from "../judge.ts";
import { failureOf, type Outcome, outcomeOf, type Scenario, type Trial } from "../scenario.ts";

const EVENTS = 2_000;
/** From the first half of the stream to the second: nothing of the first waits any more. */
const GAP_MS = 120_000;

export const retention: Scenario = {
  name: "retention",
  what: "retention deletes input that was not read: refused by default; with onDataLoss: continue it goes on behind",
  async run({ broker, seed }: Trial): Promise<Outcome> {
    const field = await openField(await broker(), "retention", { seed });
    const [before, after] = halves(seed);
    const topic = `${field.app}-in`;
    await javaProduce(field.broker, topic, before);
    field.start();
    await field.close(latestOf(before) + GAP_MS / 2);
    const read = await offsetsOf(field);
    await javaProduce(field.broker, topic, after);
    const input = await consoleConsume(field.broker, topic);
    const starts = await cutHalf(field, read);
    const unread = ({ partition, offset }: ConsumedRecord): boolean => offset >= (read.get(partition) ?? 0);
    const isDeleted = (each: ConsumedRecord): boolean =>
      unread(each) && each.offset < (starts.get(each.partition) ?? 0);
    const refused = field.start();
    const code = await refused.ended;
    const failure = failureOf(refused);
    field.start([], { onDataLoss: "continue" });
    await field.close();
    const kept = input.filter((each) => !isDeleted(each));
    const verdict = await judge(field.broker, field.app, field.partitions, kept);
    const said = `${input.length - kept.length} of ${input.length} records deleted unread: refused with ${failure.code}, exit code ${code}; told to go on`;
    return outcomeOf(verdict, said, code === 1 && failure.code === "DATA_LOST");
  },
};

/** The second of them happens later. */
function halves(seed: number): readonly [readonly JavaRecord[], readonly JavaRecord[]] {
  const all = [...traffic({ events: 2 * EVENTS, keys: 200, seed })];
  const later = (record: JavaRecord): JavaRecord => {
    const sale = JSON.parse(record.value as string) as Sale;
    return { ...record, value: JSON.stringify({ ...sale, at: sale.at + GAP_MS }) };
  };
  return [all.slice(0, EVENTS), all.slice(EVENTS).map(later)];
}

function latestOf(records: readonly JavaRecord[]): number {
  return Math.max(...records.map(({ value }) => (JSON.parse(value as string) as Sale).at));
}

/** How far the group shows that it has read. */
function offsetsOf({ broker, app }: Field): Promise<ReadonlyMap<number, number>> {
  return asAdmin(broker, async (admin) => {
    const [shown] = await admin.fetchOffsets({ groupId: app, topics: [`${app}-in`] });
    return new Map(shown?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  });
}

/** Deletes half of what was not read, in each partition. */
function cutHalf({ broker, app }: Field, read: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, number>> {
  const topic = `${app}-in`;
  return asAdmin(broker, async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic);
    const cuts = ends.map(({ partition, high }): readonly [number, number] => {
      const from = read.get(partition) ?? 0;
      return [partition, Math.floor((from + Number(high)) / 2)];
    });
    await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = cuts.map(([partition, offset]) => ({ partition, offset: String(offset) }));
    await admin.deleteTopicRecords({ topic, partitions });
    return new Map(cuts);
  });
}
