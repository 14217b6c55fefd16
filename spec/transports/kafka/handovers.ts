// Whether what several members of a group sent is what one would have sent, but for what open runs lost when their lane
// changed hands, and for what was sent twice under the same id.
import * as assert from "uvu/assert";
import { partitionOf } from "../../../lib/transports/partitioner.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { expectedOf } from "../../kafka-load/expected.ts";
import { type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import type { OnKafka } from "./kit.ts";

/** A partition and an offset in it. */
type Place = readonly [partition: number, offset: number];

/** What the pattern with two steps can have open reaches over 30 s of event time: so many events of all cards, in all partitions. */
const REACH_EVENTS = 3_200;

export type Judged = {
  readonly expected: number;
  readonly cut: number;
  readonly handovers: number;
  readonly twice: number;
};

/** @throws {Error} if an alert is missing or wrong that no handover explains. */
export async function judge(
  broker: { readonly address: string },
  app: string,
  options: TrafficOptions,
  partitions: number,
  members: readonly OnKafka[],
  /** What members in processes of their own have logged; what these have sent is not known. */
  elsewhere: OnKafka["lines"] | null = null,
): Promise<Judged> {
  const expected = new Set(expectedOf(traffic(options), partitions).alerts);
  const sent = (await consoleConsume(broker, `${app}-alerts`)).map(({ value, headers }) => ({
    said: saidIn(value),
    id: new Map(headers).get("id"),
  }));
  const counted = members.reduce((sum, { running }) => sum + running.metrics().sent.alerts, 0);
  if (elsewhere === null) assert.is(sent.length, counted, "the topic has all alerts that members count as sent");
  const found = new Set(sent.map(({ said }) => said));
  const ids = new Set(sent.map(({ id }) => id));
  assert.is(ids.size, found.size, "what is sent twice has the same id");
  const handovers = [...members.map(({ lines }) => lines), elsewhere ?? []].flatMap(handoversIn);
  const places = placesOf(options, partitions);
  const different = [...expected]
    .filter((said) => !found.has(said))
    .concat([...found].filter((said) => !expected.has(said)));
  const unexplained = different.filter((said) => !mayBeCut(said, places, handovers, REACH_EVENTS / partitions));
  assert.equal(unexplained, [], "missing or wrong, and no handover explains it");
  return { expected: expected.size, cut: different.length, handovers: handovers.length, twice: sent.length - ids.size };
}

function saidIn(value: string | null): string {
  const { pattern, value: said } = JSON.parse(value ?? "null") as { pattern: string; value: unknown };
  return `${pattern} ${said}`;
}

/** Where members began to read behind the beginning. */
function handoversIn(lines: OnKafka["lines"]): readonly Place[] {
  return lines
    .filter(({ message }) => message === "reading begins")
    .map(({ fields }) => [Number(fields["partition"]), Number(fields["position"])] as const)
    .filter(([, position]) => position > 0);
}

/** Where each event is, by its number. */
function placesOf(options: TrafficOptions, partitions: number): readonly Place[] {
  const next = new Map<number, number>();
  return [...traffic(options)].map(({ key }) => {
    const partition = partitionOf(Buffer.from(key as string), partitions);
    const offset = next.get(partition) ?? 0;
    next.set(partition, offset + 1);
    return [partition, offset];
  });
}

/** An alert of one event never; one of two if a handover is so near that a run may have been open then. */
function mayBeCut(said: string, places: readonly Place[], handovers: readonly Place[], reach: number): boolean {
  const [, last] = /^testing \d+-(\d+)$/.exec(said) ?? [];
  if (last === undefined) return false;
  const [partition, offset] = places[Number(last)] as Place;
  return handovers.some(
    ([at, position]) => at === partition && offset >= position - reach && offset < position + reach,
  );
}
