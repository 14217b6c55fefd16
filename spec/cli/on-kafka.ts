// What the specs of the command on Kafka share: a project with services, the command at work, and traffic for it.

import type { ChildProcess } from "node:child_process";
import type { KafkaOptions } from "../../lib/transports/kafka/options.ts";
import { cardTraffic } from "../../samples/card-testing/generator.ts";
import type { Broker } from "../broker/broker.ts";
import { javaProduce } from "../broker/java-produce.ts";
import { createTopic } from "../broker/topics.ts";
import type { Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { PATTERN_TS } from "./service-files.ts";

/** A service on topics of its own. */
export function serviceTs(name: string, kafka: Partial<Record<keyof KafkaOptions, string>> = {}, release = 1): string {
  return `import { service, topic } from "sequitur/service";
import { type CardEvent, probing } from "./pattern.ts";

export default service({
  app: "${name}",
  release: ${release},
  kafka: ${JSON.stringify({ startFrom: "earliest", ...kafka })},
  inputs: [topic<CardEvent>("${name}-in", { key: (e) => e.card, time: (e) => e.at, outOfOrderness: "5s" })],
  patterns: [probing],
});
`;
}

/** A folder for services. */
export function kafkaProject(): Project {
  return createProject({ "package.json": '{"type":"module"}', "pattern.ts": PATTERN_TS });
}

export type Printed = { readonly stdout: string; readonly stderr: string };
export type Running = {
  readonly result: Promise<Result>;
  /** Resolves with the process when it has printed something that `holds`. */
  readonly until: (holds: (printed: Printed) => boolean) => Promise<ChildProcess>;
};

const started: ChildProcess[] = [];

/** For `after.each`: kills what a test has started and, if it failed, not stopped. */
export function endStarted(): void {
  for (const child of started.splice(0)) child.kill("SIGKILL");
}

/** Starts the command with its log as text, as on a terminal. */
export function start(words: readonly string[], cwd: string): Running {
  let look = (): void => {};
  let seen: { readonly printed: Printed; readonly child: ChildProcess } | null = null;
  const result = sequitur(["run", ...words, "--log", "text"], {
    cwd,
    withinMs: 200_000,
    onStart: (child) => started.push(child),
    onOutput: (printed, child) => {
      seen = { printed, child };
      look();
    },
  });
  const until: Running["until"] = (holds) =>
    new Promise((resolve, reject) => {
      look = () => {
        if (seen !== null && holds(seen.printed)) resolve(seen.child);
      };
      look();
      result.then(({ stderr }) => reject(new Error(`it ended before: ${stderr}`)), reject);
    });
  return { result, until };
}

/** Writes the traffic of the sample of card payments into a new topic. The cards that have to be found, in order. */
export async function writeCardTraffic(broker: Broker): Promise<readonly string[]> {
  const traffic = { seed: 7, cards: 400, startAt: START_AT, lengthMs: 43_200_000, attacks: 10 };
  const { arrivals, stories } = cardTraffic(traffic);
  await createTopic(broker, "card-events", 4);
  const records = arrivals.map(({ event }) => ({ key: event.card, value: JSON.stringify(event) }));
  await javaProduce(broker, "card-events", records);
  return stories
    .filter(({ kind }) => kind === "attack")
    .map(({ card }) => card)
    .toSorted();
}

export const START_AT = Date.UTC(2026, 2, 2, 8);

export function charge(card: string, amount: number, at: number): { readonly key: string; readonly value: string } {
  return { key: card, value: JSON.stringify({ type: "charge", card, amount, at: START_AT + at }) };
}

/** So many cards that are probed and emptied, and a last event in each partition, which moves its time on. */
export function* charges(
  cards: number,
  partitions: number,
): Iterable<{ key: string; value: string; partition?: number }> {
  for (let card = 0; card < cards; card += 1) yield charge(`c${card}`, 1, card);
  for (let card = 0; card < cards; card += 1) yield charge(`c${card}`, 900, 10_000 + card);
  for (let partition = 0; partition < partitions; partition += 1)
    yield { ...charge(`end${partition}`, 5, 120_000), partition };
}
