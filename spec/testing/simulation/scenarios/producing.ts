// Writing: sequences, epochs, and what a partition refuses.
import type { AskOf } from "../../../../lib/testing/simulation/calls.ts";
import type { Scenario, Stage } from "../stage.ts";
import { out } from "./places.ts";
import { writer } from "./steps.ts";

export const PRODUCING: readonly Scenario[] = [
  {
    name: "records without a producer id are there at once",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(), "k=x", "=y", "k=-");
      await stage.read(out());
      await stage.read(out(), "committed", 2n);
    },
  },
  {
    name: "a partition or a topic that is not there",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(1), "x");
      await stage.write({ topic: "nowhere", partition: 0 }, "x");
      const a = await stage.producer("t");
      await a.add(out(1));
      await a.add({ topic: "nowhere", partition: 0 });
      await a.commit();
      await stage.read(out(1));
    },
  },
  {
    name: "a batch that comes twice is appended once, and answered alike",
    play: async (stage) => {
      await stage.topic("out");
      const batch = await batches(stage);
      await stage.ask("produce", batch(0, "a", "b"));
      await stage.ask("produce", batch(0, "a", "b"));
      await stage.ask("produce", batch(2, "c"));
      await stage.ask("produce", batch(0, "a", "b"));
      await stage.ask("produce", batch(2, "c"));
      await stage.read(out());
    },
  },
  {
    name: "a gap in the sequence is refused, and so is a batch that is cut otherwise",
    play: async (stage) => {
      await stage.topic("out");
      const batch = await batches(stage);
      await stage.ask("produce", batch(0, "a", "b"));
      await stage.ask("produce", batch(3, "d"));
      await stage.ask("produce", batch(1, "b"));
      await stage.ask("produce", batch(0, "a"));
      await stage.ask("produce", batch(2, "c"));
      await stage.read(out());
    },
  },
  {
    name: "only the last five batches are known again",
    play: async (stage) => {
      await stage.topic("out");
      const batch = await batches(stage);
      const single = (sequence: number) => batch(sequence, `${sequence}`);
      for (let sequence = 0; sequence < 6; sequence += 1) await stage.ask("produce", single(sequence));
      await stage.ask("produce", single(1));
      await stage.ask("produce", single(0));
      await stage.ask("produce", single(6));
    },
  },
  {
    name: "a producer that a partition does not know may begin anywhere",
    play: async (stage) => {
      await stage.topic("out");
      const stamp = await stage.quietly("initProducer", { transactionalId: null, timeoutMs: 1_000 });
      const producer = { ...stamp, sequence: 7, transactionalId: null };
      await stage.ask("produce", { ...out(), producer, records: stage.records("x") });
      await stage.ask("produce", { ...out(), producer: { ...producer, sequence: 8 }, records: stage.records("y") });
      await stage.ask("produce", { ...out(), producer: { ...producer, sequence: 0 }, records: stage.records("z") });
    },
  },
  {
    name: "the sequence goes on through commits and aborts",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "1", "2");
      await a.aborted();
      await a.add(out());
      const producer = { ...a.stamp, sequence: 0 };
      await stage.ask("produce", { ...out(), producer, records: stage.records("3", "4", "5") });
      await stage.ask("produce", { ...out(), producer, records: stage.records("1", "2") });
      await a.send(out(), "3");
      await a.committed();
      await stage.read(out());
    },
  },
  {
    name: "a new epoch begins at sequence 0",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "1");
      await a.committed();
      const b = await stage.producer("t");
      await b.add(out());
      await stage.ask("produce", { ...out(), producer: { ...b.stamp, sequence: 1 }, records: stage.records("2") });
      await b.send(out(), "2");
      await b.committed();
      await stage.read(out());
    },
  },
  {
    name: "writing in a transaction to a partition that was not added",
    play: async (stage) => {
      await stage.topic("out", 2);
      const a = await stage.producer("t");
      await a.send(out(0), "before anything");
      await a.add(out(0));
      await a.send(out(1), "elsewhere");
      await a.send(out(0), "right");
      await a.committed();
      await a.send(out(0), "behind the commit");
      await stage.read(out(0), "uncommitted");
      await stage.read(out(1), "uncommitted");
    },
  },
  {
    name: "a producer id that is not of this transactional id",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      const b = await stage.producer("b");
      const mixed = { ...a.stamp, producerId: b.stamp.producerId };
      await stage.ask("addPartitions", { ...mixed, places: [out()] });
      await stage.ask("endTransaction", { ...mixed, commit: true });
      await stage.ask("produce", { ...out(), producer: { ...mixed, sequence: 0 }, records: stage.records("x") });
      const unknown = { ...a.stamp, transactionalId: "nobody" };
      await stage.ask("addPartitions", { ...unknown, places: [out()] });
      await stage.ask("endTransaction", { ...unknown, commit: false });
    },
  },
  {
    name: "an epoch that was never given",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t");
      const ahead = { ...a.stamp, epoch: 5 };
      await stage.ask("addPartitions", { ...ahead, places: [out()] });
      await stage.ask("endTransaction", { ...ahead, commit: true });
      await a.add(out());
      await stage.ask("endTransaction", { ...ahead, commit: true });
      await stage.ask("produce", { ...out(), producer: { ...ahead, sequence: 0 }, records: stage.records("x") });
    },
  },
  {
    name: "a message that is too large is refused; the transaction goes on",
    play: async (stage) => {
      await stage.topic("out", 1, { "max.message.bytes": "1000" });
      const a = await writer(stage, out(), "small");
      await a.send(out(), "x".repeat(2_000));
      await a.send(out(), "small again");
      await a.committed();
      await stage.read(out());
    },
  },
  {
    name: "a record from the far future is refused, one from the past is not",
    play: async (stage) => {
      await stage.topic("out");
      const [record] = stage.records("x");
      const at = (offsetMs: number) => ({ ...record, timestamp: (record?.timestamp ?? 0) + offsetMs });
      const records = (offsetMs: number) => [at(offsetMs)] as never;
      await stage.ask("produce", { ...out(), producer: null, records: records(7_200_000) });
      await stage.ask("produce", { ...out(), producer: null, records: records(-86_400_000) });
      await stage.read(out());
    },
  },
];

/** What makes batches of a new producer without transactional id. */
async function batches(stage: Stage): Promise<(sequence: number, ...values: string[]) => AskOf<"produce">> {
  const stamp = await stage.quietly("initProducer", { transactionalId: null, timeoutMs: 1_000 });
  return (sequence, ...values) => ({
    ...out(),
    producer: { ...stamp, sequence, transactionalId: null },
    records: stage.records(...values),
  });
}
