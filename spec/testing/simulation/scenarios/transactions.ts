// Transactions of one producer: what is seen when.
import type { Scenario } from "../stage.ts";
import { out, state } from "./places.ts";
import { writer } from "./steps.ts";

export const TRANSACTIONS: readonly Scenario[] = [
  {
    name: "a committed transaction leaves its records and a marker",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "x", "y");
      await a.committed();
      await stage.read(out());
      await stage.read(out(), "uncommitted");
    },
  },
  {
    name: "an aborted transaction leaves its records, its marker and a note for readers",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "x");
      await a.aborted();
      await stage.read(out());
      await stage.read(out(), "uncommitted");
    },
  },
  {
    name: "an open transaction holds committed readers back, and what others write behind it",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(), "before");
      const a = await stage.producer("a");
      await a.add(out());
      await a.send(out(), "x");
      await stage.write(out(), "behind");
      await stage.read(out());
      await stage.read(out(), "uncommitted");
      await stage.read(out(), "committed", 1n);
      await stage.read(out(), "committed", 2n);
      await a.committed();
      await stage.read(out());
    },
  },
  {
    name: "a transaction over two topics is seen in both",
    play: async (stage) => {
      await stage.topic("out", 2);
      await stage.topic("state");
      const a = await stage.producer("a");
      await a.add(out(0), out(1), state());
      await a.send(out(0), "x");
      await a.send(out(1), "y");
      await a.send(state(), "z");
      await stage.read(state());
      await a.committed();
      await stage.read(out(0));
      await stage.read(out(1));
      await stage.read(state());
    },
  },
  {
    name: "a partition that was added and not written to gets a marker all the same",
    play: async (stage) => {
      await stage.topic("out", 2);
      const a = await stage.producer("a");
      await a.add(out(0), out(1));
      await a.send(out(0), "x");
      await a.committed();
      await stage.read(out(1), "uncommitted");
    },
  },
  {
    name: "an abort of a partition that was not written to is no note for readers",
    play: async (stage) => {
      await stage.topic("out", 2);
      const a = await stage.producer("a");
      await a.add(out(0), out(1));
      await a.send(out(0), "x");
      await a.aborted();
      await stage.read(out(1));
    },
  },
  {
    name: "three transactions in a row keep their offsets apart",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      for (const value of ["1", "2", "3"]) {
        await a.add(out());
        await a.send(out(), value);
        await (value === "2" ? a.aborted() : a.committed());
      }
      await stage.read(out());
      await stage.read(out(), "committed", 3n);
      await stage.read(out(), "committed", 4n);
    },
  },
  {
    name: "a second producer fences the first in the middle of its transaction",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "x");
      const b = await stage.producer("t");
      await a.send(out(), "late");
      await a.add(out());
      await a.commit();
      await a.abort();
      await stage.read(out());
      await b.add(out());
      await b.send(out(), "y");
      await b.committed();
      await stage.read(out());
    },
  },
];
