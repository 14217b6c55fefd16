// Whether what several members of a group sent is what one would have sent, but for what open runs lost when their lane
// changed hands, and for what was sent twice under the same id.
//
//     events of a partition   0 ─────────── 40 ──────── 60 ─────────── end
//     first member            begins at 0 ────── settled 40 ── read 60
//     second member                         begins at 40, knows nothing of what was before ── settled at the end
//
// A member finds what a matcher finds that is given the events from where it began, and no others. What an event before
// "settled" completes it has sent; what one before "read" completes it may have sent; nothing else is right. A run that was
// forgotten leaves more behind than a gap: the match it would have become would have dropped other runs (`skip`), which now
// match with later events, and so on for as long as one match follows another. No distance bounds that, so it is worked out.
import * as assert from "uvu/assert";
import { partitionOf } from "../../../lib/transports/partitioner.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import type { JavaRecord } from "../../broker/java-produce.ts";
import { alertsOf, expectedOf, saleOf } from "../../kafka-load/expected.ts";
import { type Sale, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import type { OnKafka } from "./kit.ts";

/** What one member did with one partition, from taking it over to giving it away. Offsets. */
export type Stretch = {
  readonly partition: number;
  readonly begins: number;
  /** What stands before this was dealt with and sent. */
  readonly settled: number;
  /** What stands before this was read. */
  readonly read: number;
};

/** What no handover explains. Without late or broken records all three are empty. */
export type Unexplained = {
  /** Offsets, each with its partition, that no member has dealt with. */
  readonly skipped: readonly string[];
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
};

/** Holds the alerts that were `found` against what members had to find who read the `records` in these stretches. */
export function explain(
  records: Iterable<JavaRecord>,
  partitions: number,
  stretches: readonly Stretch[],
  found: ReadonlySet<string>,
): Unexplained {
  const skipped: string[] = [];
  const missing = new Set<string>();
  const allowed = new Set<string>();
  salesIn(records, partitions).forEach((sales, partition) => {
    const members = stretches
      .filter((each) => each.partition === partition)
      .map((stretch) => ({ ...stretch, alerts: alertsFrom(sales, stretch) }));
    for (const { alerts } of members) for (const said of [...alerts.values()].flat()) allowed.add(said);
    for (let offset = 0; offset < sales.length; offset += 1) {
      const due = members
        .filter(({ begins, settled }) => begins <= offset && offset < settled)
        .map(({ alerts }) => alerts.get(offset) ?? []);
      if (due.length === 0) skipped.push(`${partition}:${offset}`);
      if (due.some((alerts) => alerts.every((said) => found.has(said)))) continue;
      for (const said of due.flat()) if (!found.has(said)) missing.add(said);
    }
  });
  return { skipped, missing: [...missing], wrong: [...found].filter((said) => !allowed.has(said)) };
}

/** By the offset of the event that completes them. */
function alertsFrom(sales: readonly Sale[], { begins, read }: Stretch): ReadonlyMap<number, readonly string[]> {
  const alerts = new Map<number, readonly string[]>();
  for (const { said, place } of alertsOf(sales.slice(begins))) {
    const offset = begins + place;
    if (offset < read) alerts.set(offset, [...(alerts.get(offset) ?? []), said]);
  }
  return alerts;
}

/** The sales of each partition, in order of offset. */
function salesIn(records: Iterable<JavaRecord>, partitions: number): readonly (readonly Sale[])[] {
  const lanes = Array.from({ length: partitions }, (): Sale[] => []);
  for (const { key, value } of records)
    lanes[partitionOf(Buffer.from(key as string), partitions)]?.push(saleOf(value as string) as Sale);
  return lanes;
}

export type Judged = {
  readonly expected: number;
  /** Alerts that are missing or others than one member would have sent, since runs were forgotten. */
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
  const stretches = [...members.map(({ lines }) => lines), elsewhere ?? []].flatMap(stretchesIn);
  const unexplained = explain(traffic(options), partitions, stretches, found);
  const inOrder = stretches.toSorted((a, b) => a.partition - b.partition || a.begins - b.begins);
  const nothing: Unexplained = { skipped: [], missing: [], wrong: [] };
  assert.equal(unexplained, nothing, `no handover explains it: ${JSON.stringify(inOrder)}`);
  const different = [...expected].filter((said) => !found.has(said)).length;
  return {
    expected: expected.size,
    cut: different + [...found].filter((said) => !expected.has(said)).length,
    handovers: stretches.filter(({ begins }) => begins > 0).length,
    twice: sent.length - ids.size,
  };
}

function saidIn(value: string | null): string {
  const { pattern, value: said } = JSON.parse(value ?? "null") as { pattern: string; value: unknown };
  return `${pattern} ${said}`;
}

/** What a member that has ended did with its partitions, by its log. */
function stretchesIn(lines: OnKafka["lines"]): readonly Stretch[] {
  const begun = new Map<number, number>();
  const stretches: Stretch[] = [];
  for (const { message, fields } of lines) {
    const partition = Number(fields["partition"]);
    if (message === "reading begins") begun.set(partition, Number(fields["position"]));
    if (message !== "reading ends") continue;
    const begins = begun.get(partition);
    assert.ok(begins !== undefined && begun.delete(partition), "what ends has begun");
    stretches.push({ partition, begins, settled: Number(fields["position"]), read: Number(fields["read"]) });
  }
  assert.is(begun.size, 0, "what has begun has ended");
  return stretches;
}
