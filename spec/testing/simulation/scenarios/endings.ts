// How transactions end: twice, never, after a timeout, or with nobody knowing.
import type { Scenario } from "../stage.ts";
import { out } from "./places.ts";
import { checkpointing, takeOver, writer } from "./steps.ts";

/** The timeout of transactions that are to be too old, with room for a busy machine; and when the broker has surely noticed. */
const TIMEOUT_MS = 2_000;
const TOO_LATE_MS = 3_000;

export const ENDINGS: readonly Scenario[] = [
  {
    name: "ending what never began",
    play: async (stage) => {
      const a = await stage.producer("t");
      await a.commit();
      await a.abort();
    },
  },
  {
    name: "committing twice is one commit; aborting after it is refused",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "x");
      await a.committed();
      await a.commit();
      await a.abort();
      await stage.read(out(), "uncommitted");
    },
  },
  {
    name: "aborting twice is one abort; committing after it is refused",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "x");
      await a.aborted();
      await a.abort();
      await a.commit();
      await stage.read(out(), "uncommitted");
    },
  },
  {
    name: "the answer to a commit is lost: the successor finds it committed",
    play: async (stage) => {
      const a = await checkpointing(stage, "checkpoint 1");
      await stage.quietly("endTransaction", { ...a.stamp, commit: true });
      await takeOver(stage);
    },
  },
  {
    name: "the request of a commit is lost: the successor finds it aborted",
    play: async (stage) => {
      await checkpointing(stage, "checkpoint 1");
      await takeOver(stage);
    },
  },
  {
    name: "a commit that arrives after the takeover does nothing",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "old");
      const b = await writer(stage, out(), "new");
      await stage.ask("endTransaction", { ...a.stamp, commit: true });
      await stage.read(out());
      await b.aborted();
      await stage.read(out());
    },
  },
  {
    name: "a delayed commit of one transaction ends the next one of the same producer",
    play: async (stage) => {
      await stage.topic("out");
      const a = await writer(stage, out(), "1");
      await a.committed();
      await a.add(out());
      await a.send(out(), "2");
      await stage.ask("endTransaction", { ...a.stamp, commit: true });
      await stage.quietly("endTransaction", { ...a.stamp, commit: true });
      await a.send(out(), "3");
      await stage.read(out());
    },
  },
  {
    name: "a transaction that is too old is aborted and its producer fenced",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t", TIMEOUT_MS);
      await a.add(out());
      await a.send(out(), "x");
      await stage.wait(TOO_LATE_MS);
      await a.commit();
      await a.send(out(), "y");
      await a.add(out());
      await stage.read(out());
      const b = await writer(stage, out(), "z");
      await b.committed();
      await stage.read(out());
    },
  },
  {
    name: "the time of a transaction begins with its first partition, not with the producer",
    play: async (stage) => {
      await stage.topic("out");
      const a = await stage.producer("t", TIMEOUT_MS);
      await stage.wait(TOO_LATE_MS);
      await a.add(out());
      await a.send(out(), "x");
      await a.committed();
      await stage.read(out());
    },
  },
  {
    name: "one transaction that times out frees what others wrote behind it",
    play: async (stage) => {
      await stage.topic("out");
      const dead = await stage.producer("dead", TIMEOUT_MS);
      const alive = await stage.producer("alive");
      await dead.add(out());
      await dead.send(out(), "lost");
      await alive.add(out());
      await alive.send(out(), "kept");
      await alive.committed();
      await stage.read(out());
      await stage.wait(TOO_LATE_MS);
      await stage.read(out());
    },
  },
];
