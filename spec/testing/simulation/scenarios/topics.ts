// Topics come, grow and go.
import { isRefused } from "../../../../lib/testing/simulation/calls.ts";
import type { Scenario } from "../stage.ts";
import { out } from "./places.ts";

/** The settings that exactly-once looks at. */
const LOOKED_AT = ["cleanup.policy", "max.message.bytes", "retention.bytes", "retention.ms"];

export const TOPICS: readonly Scenario[] = [
  {
    name: "a topic that is there is not made again",
    play: async (stage) => {
      await stage.ask("createTopic", { topic: "out", partitions: 2 });
      await stage.ask("createTopic", { topic: "out", partitions: 2 });
      await stage.ask("createTopic", { topic: "out", partitions: 3 });
    },
  },
  {
    name: "no topic has no partitions",
    play: async (stage) => {
      await stage.ask("createTopic", { topic: "out", partitions: 0 });
      await stage.write(out(), "x");
    },
  },
  {
    name: "a topic says how it is kept",
    play: async (stage) => {
      const tell = async (topic: string): Promise<void> => {
        const answer = await stage.quietly("describeTopic", { topic });
        const settings = LOOKED_AT.map((name) => `${name}=${answer.config[name]}`);
        stage.say(`${topic}: ${answer.partitions} partitions, ${settings.join(" ")}`);
      };
      await stage.topic("plain");
      await stage.topic("state", 4, { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" });
      await stage.topic("compacted", 1, { "cleanup.policy": "compact", "max.message.bytes": "2000000" });
      for (const topic of ["plain", "state", "compacted"]) await tell(topic);
    },
  },
  {
    name: "nobody knows a topic that is not there",
    play: async (stage) => {
      const answer = await stage.ask("describeTopic", { topic: "nowhere" });
      stage.say(`refused: ${isRefused(answer)}`);
      await stage.ask("deleteTopic", { topic: "nowhere" });
      await stage.ask("growTopic", { topic: "nowhere", partitions: 3 });
    },
  },
  {
    name: "partitions are added, never taken away",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(0), "x");
      await stage.ask("growTopic", { topic: "out", partitions: 3 });
      await stage.write(out(2), "y");
      await stage.read(out(0));
      await stage.read(out(2));
      await stage.ask("growTopic", { topic: "out", partitions: 3 });
      await stage.ask("growTopic", { topic: "out", partitions: 2 });
    },
  },
  {
    name: "a topic that is made again begins at offset 0",
    play: async (stage) => {
      await stage.topic("out");
      await stage.write(out(), "0", "1", "2");
      await stage.ask("deleteTopic", { topic: "out" });
      await stage.read(out());
      await stage.topic("out");
      await stage.write(out(), "new");
      await stage.read(out(), "committed", 3n);
      await stage.read(out());
    },
  },
];
