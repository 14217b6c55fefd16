// Who holds a transactional id, and what those can still do who held it before.
import type { Scenario } from "../stage.ts";
import { out, state } from "./places.ts";
import { checkpointing, writer } from "./steps.ts";

export const FENCING: readonly Scenario[] = [
  {
    name: "the epoch goes up by one where nothing was open, by two where something was",
    play: async (stage) => {
      await stage.topic("out");
      await stage.producer("t");
      await stage.producer("t");
      const c = await stage.producer("t");
      await c.add(out());
      await stage.producer("t");
      const e = await writer(stage, out(), "x");
      await e.committed();
      await stage.producer("t");
    },
  },
  {
    name: "who takes over an open transaction is told to wait at first",
    play: async (stage) => {
      await stage.topic("out");
      await writer(stage, out(), "x");
      await stage.ask("initProducer", { transactionalId: "t", timeoutMs: 60_000 });
      await stage.producer("t");
      await stage.read(out());
    },
  },
  {
    name: "ids do not fence each other",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("a");
      const b = await stage.producer("b");
      await a.add(out());
      await a.send(out(), "a1");
      await stage.producer("b");
      await a.send(out(), "a2");
      await a.committed();
      await b.add(out());
      await stage.read(out());
    },
  },
  {
    name: "a fenced producer that never began cannot begin",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t");
      await stage.producer("t");
      await a.add(out());
      await a.send(out(), "x");
      await a.commit();
      await stage.read(out(), "uncommitted");
    },
  },
  {
    name: "a fenced producer cannot write into the transaction of its successor",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "a");
      const b = await writer(stage, out(), "b1");
      await a.send(out(), "a-late");
      await b.send(out(), "b2");
      await a.commit();
      await stage.read(out());
      await b.committed();
      await stage.read(out());
    },
  },
  {
    name: "a zombie writes to a partition its successor never used: refused",
    play: async (stage) => {
      await stage.topic("out", 2);
      const a = await writer(stage, out(0), "a");
      const b = await stage.producer("t");
      await a.send(out(1), "late");
      await b.add(out(0));
      await b.send(out(0), "b");
      await a.send(out(1), "later");
      await b.committed();
      await stage.read(out(0));
      await stage.read(out(1), "uncommitted");
    },
  },
  {
    name: "taking over again and again leaves one abort for each open transaction",
    play: async (stage) => {
      await stage.topic("state");
      for (let round = 0; round < 4; round += 1) {
        const producer = await writer(stage, state(), `barrier ${round}`);
        if (round === 2) await producer.committed();
      }
      await stage.producer("t");
      await stage.read(state());
    },
  },
  {
    name: "a committed transaction stays committed when its producer is fenced right behind",
    play: async (stage) => {
      const a = await checkpointing(stage, "checkpoint");
      await a.commit();
      await stage.producer("t");
      await stage.read(out());
      await stage.read(state());
      await a.commit();
    },
  },
  {
    name: "a barrier of the successor stands behind the abort of the predecessor",
    play: async (stage) => {
      await stage.topic("state");
      await writer(stage, state(), "delta", "checkpoint");
      const b = await writer(stage, state(), "barrier");
      await b.committed();
      await stage.read(state());
      await stage.read(state(), "committed", 2n);
      await stage.ask("listOffsets", { ...state(), at: "latest", isolation: "committed" });
    },
  },
  {
    name: "a producer without transactional id gets a new id each time",
    play: async (stage) => {
      await stage.ask("initProducer", { transactionalId: null, timeoutMs: 1_000 });
      await stage.ask("initProducer", { transactionalId: null, timeoutMs: 1_000 });
    },
  },
  {
    name: "timeouts and ids that no broker takes",
    play: async (stage) => {
      await stage.ask("initProducer", { transactionalId: "", timeoutMs: 1_000 });
      await stage.ask("initProducer", { transactionalId: "t", timeoutMs: 0 });
      await stage.ask("initProducer", { transactionalId: "t", timeoutMs: 900_001 });
      await stage.ask("initProducer", { transactionalId: "t", timeoutMs: 900_000 });
    },
  },
];
