// Reading: bounds, ranges, what is deleted, and what waits.
import type { Scenario } from "../stage.ts";
import { out } from "./places.ts";

const WIDE = { maxBytes: 1_000_000, waitMs: 0 };

export const READING: readonly Scenario[] = [
  {
    name: "an empty partition",
    play: async (stage) => {
      await stage.topic("out");
      await stage.read(out());
      await stage.read(out(), "committed", 1n);
      await stage.ask("listOffsets", { ...out(), at: "earliest", isolation: "committed" });
      await stage.ask("listOffsets", { ...out(), at: "latest", isolation: "committed" });
    },
  },
  {
    name: "reading at the end is no error, beyond it is",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(), "x", "y");
      for (const isolation of ["committed", "uncommitted"] as const)
        for (const offset of [1n, 2n, 3n]) await stage.read(out(), isolation, offset);
    },
  },
  {
    name: "between the stable offset and the end a committed reader sees nothing, and no error",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await stage.write(out(), "0");
      await a.send(out(), "1", "2");
      await stage.write(out(), "3");
      for (const offset of [0n, 1n, 2n, 3n, 4n, 5n]) await stage.read(out(), "committed", offset);
    },
  },
  {
    name: "the latest offset is the stable one for committed readers, the end for others",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "x");
      await stage.write(out(), "y");
      await stage.ask("listOffsets", { ...out(), at: "latest", isolation: "committed" });
      await stage.ask("listOffsets", { ...out(), at: "latest", isolation: "uncommitted" });
      await a.aborted();
      await stage.ask("listOffsets", { ...out(), at: "latest", isolation: "committed" });
    },
  },
  {
    name: "transactions that overlap: each reader's note names those that were aborted",
    play: async (stage) => {
      await stage.topic("out");
      const [a, b, c] = [await stage.producer("a"), await stage.producer("b"), await stage.producer("c")];
      for (const each of [a, b, c]) await each.add(out());
      await a.send(out(), "a1");
      await b.send(out(), "b1");
      await c.send(out(), "c1");
      await a.send(out(), "a2");
      await b.aborted();
      await stage.read(out());
      await c.committed();
      await stage.read(out());
      await a.aborted();
      await stage.read(out());
      await stage.read(out(), "committed", 3n);
      await stage.read(out(), "committed", 5n);
    },
  },
  {
    name: "a later transaction that ends first is decided, and yet not to be seen",
    play: async (stage) => {
      await stage.topic("out");
      const [a, b] = [await stage.producer("a"), await stage.producer("b")];
      await a.add(out());
      await b.add(out());
      await a.send(out(), "a1");
      await b.send(out(), "b1");
      await b.committed();
      await stage.read(out());
      await a.committed();
      await stage.read(out());
    },
  },
  {
    name: "a later transaction that is aborted first is told of before it can be seen",
    play: async (stage) => {
      await stage.topic("out");
      const [a, b] = [await stage.producer("a"), await stage.producer("b")];
      await a.add(out());
      await b.add(out());
      await stage.write(out(), "0");
      await a.send(out(), "a1");
      await b.send(out(), "b1");
      await b.aborted();
      await stage.read(out());
      await a.committed();
      await stage.read(out());
    },
  },
  {
    name: "an undecided transaction in one partition does not hold back another",
    play: async (stage) => {
      await stage.topic("out", 2);
      const a = await stage.producer("a");
      await a.add(out(0), out(1));
      await a.send(out(0), "x");
      await stage.write(out(1), "y");
      await stage.read(out(0));
      await stage.read(out(1));
    },
  },
  {
    name: "a reader that waits is answered when something is written",
    play: async (stage) => {
      await stage.topic("out");
      const waiting = stage.start("fetch", { ...out(), offset: 0n, isolation: "committed", ...WIDE, waitMs: 20_000 });
      await stage.wait(200);
      stage.say(`answered: ${waiting.isSettled()}`);
      await stage.write(out(), "x");
      await waiting.see();
    },
  },
  {
    name: "a committed reader that waits is answered when the transaction is decided",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      const waiting = stage.start("fetch", { ...out(), offset: 0n, isolation: "committed", ...WIDE, waitMs: 20_000 });
      await a.send(out(), "x");
      await stage.wait(300);
      stage.say(`answered: ${waiting.isSettled()}`);
      await a.committed();
      await waiting.see();
    },
  },
  {
    name: "a reader that waits for nothing is answered in the end",
    play: async (stage) => {
      await stage.topic("out");
      const waiting = stage.start("fetch", { ...out(), offset: 0n, isolation: "committed", ...WIDE, waitMs: 300 });
      await waiting.see();
    },
  },
  {
    name: "records that are deleted are out of range",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(), "0", "1", "2", "3");
      await stage.ask("deleteRecords", { ...out(), before: 2n });
      await stage.read(out(), "committed", 0n);
      await stage.read(out(), "committed", 2n);
      await stage.ask("listOffsets", { ...out(), at: "earliest", isolation: "committed" });
      await stage.ask("deleteRecords", { ...out(), before: 1n });
      await stage.ask("deleteRecords", { ...out(), before: 5n });
      await stage.ask("deleteRecords", { ...out(), before: "end" });
      await stage.read(out(), "committed", 4n);
      await stage.write(out(), "4");
      await stage.read(out(), "committed", 4n);
    },
  },
  {
    name: "nothing is deleted from a topic that is only compacted",
    play: async (stage) => {
      await stage.topic("out", 1, { "cleanup.policy": "compact" });
      await stage.write(out(), "k=0");
      await stage.ask("deleteRecords", { ...out(), before: 1n });
      await stage.read(out());
    },
  },
  {
    name: "deleting from a partition that is not there",
    play: async (stage) => {
      await stage.topic("out");
      await stage.ask("deleteRecords", { ...out(1), before: 0n });
      await stage.ask("listOffsets", { ...out(1), at: "latest", isolation: "committed" });
    },
  },
  {
    name: "deleting behind an aborted transaction: readers from there on are told no less",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "0", "1");
      await a.aborted();
      await stage.write(out(), "3");
      await stage.ask("deleteRecords", { ...out(), before: 1n });
      await stage.read(out(), "committed", 1n);
      await stage.ask("deleteRecords", { ...out(), before: 3n });
      await stage.read(out(), "committed", 3n);
    },
  },
  {
    name: "deleting into an undecided transaction",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "0", "1");
      await stage.ask("deleteRecords", { ...out(), before: 1n });
      await stage.ask("listOffsets", { ...out(), at: "latest", isolation: "committed" });
      await stage.read(out(), "uncommitted", 1n);
      await a.committed();
      await stage.read(out(), "committed", 1n);
    },
  },
  {
    name: "a producer whose records are all deleted goes on where it was",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "0", "1");
      await a.committed();
      await stage.ask("deleteRecords", { ...out(), before: "end" });
      await a.add(out());
      await a.send(out(), "2");
      await a.committed();
      await stage.read(out(), "committed", 3n);
    },
  },
  {
    name: "retention deletes what nobody has read, and the offsets go on",
    play: async (stage) => {
      await stage.topic("out", 1, { "retention.ms": "30000" });
      const old = stage.records("0", "1").map((record) => ({ ...record, timestamp: record.timestamp - 60_000 }));
      await stage.ask("produce", { ...out(), producer: null, records: old });
      const earliest = { ...out(), at: "earliest", isolation: "committed" } as const;
      await stage.shown("listOffsets", earliest, ({ offset }) => offset === 2n);
      await stage.read(out(), "committed", 0n);
      await stage.ask("listOffsets", { ...out(), at: "latest", isolation: "committed" });
      await stage.write(out(), "2");
      await stage.read(out(), "committed", 2n);
    },
  },
  {
    name: "what is kept for ever is kept, however old",
    play: async (stage) => {
      await stage.topic("out", 1, { "retention.ms": "-1" });
      const old = stage.records("0").map((record) => ({ ...record, timestamp: 1_000_000 }));
      await stage.ask("produce", { ...out(), producer: null, records: old });
      await stage.wait(1_000);
      await stage.read(out());
    },
  },
  {
    name: "a fetch that is small gets at least one record, and goes on from there",
    play: async (stage) => {
      await stage.topic("out");
      for (const value of ["a", "b", "c"]) await stage.write(out(), value.repeat(1_000));
      const small = { ...out(), isolation: "committed", maxBytes: 1_500, waitMs: 0 } as const;
      await stage.ask("fetch", { ...small, offset: 0n });
      await stage.ask("fetch", { ...small, offset: 1n });
      await stage.ask("fetch", { ...small, offset: 2n, maxBytes: 10 });
    },
  },
];
