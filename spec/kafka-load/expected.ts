// What must come out, found in another way than the service finds it: a plain loop says what is late or broken, and the
// matcher in process is given the rest in order of time.
import { createMatcher } from "../../lib/index.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { partitionOf } from "../../lib/transports/partitioner.ts";
import type { JavaRecord } from "../broker/java-produce.ts";
import { large, OUT_OF_ORDERNESS_MS, type Sale, testing } from "./traffic.ts";

export type Expected<R = JavaRecord> = {
  readonly records: number;
  readonly late: number;
  readonly broken: number;
  /** The late and broken ones, with the kind that is said of them where they go. */
  readonly astray: readonly { readonly kind: "late" | "badRecord"; readonly record: R }[];
  /** `<pattern> <value>` of each alert, sorted. */
  readonly alerts: readonly string[];
};

/** What a service that reads all of `records` from `partitions` partitions has to find. */
export function expectedOf<R extends Pick<JavaRecord, "key" | "value">>(
  records: Iterable<R>,
  partitions: number,
): Expected<R> {
  const lanes = Array.from({ length: partitions }, () => ({ newest: Number.NEGATIVE_INFINITY, onTime: [] as Sale[] }));
  const astray: Expected<R>["astray"][number][] = [];
  let count = 0;
  for (const record of records) {
    const { key, value } = record;
    count += 1;
    const lane = lanes[partitionOf(Buffer.from(key as string), partitions)];
    const sale = saleOf(value as string);
    if (sale === null || lane === undefined) {
      astray.push({ kind: "badRecord", record });
    } else if (sale.at <= lane.newest - OUT_OF_ORDERNESS_MS - 1) {
      astray.push({ kind: "late", record });
    } else {
      lane.newest = Math.max(lane.newest, sale.at);
      lane.onTime.push(sale);
    }
  }
  const alerts = lanes.flatMap(({ onTime }) => alertsOf(onTime).map(({ said }) => said));
  const late = astray.filter(({ kind }) => kind === "late").length;
  return { records: count, late, broken: astray.length - late, astray, alerts: alerts.sort() };
}

/** An alert as `<pattern> <value>`, and which of the sales completed it. */
export type Alert = { readonly said: string; readonly place: number };

/** What is found in the sales of one partition, given in order of offset. */
export function alertsOf(sales: readonly Sale[]): readonly Alert[] {
  const inOrder = sales
    .map((sale, place) => ({ sale, place }))
    .sort((a, b) => a.sale.at - b.sale.at || a.place - b.place);
  return [...found(large, inOrder), ...found(testing, inOrder)];
}

type Placed = { readonly sale: Sale; readonly place: number };

function found<M, R>(pattern: Pattern<Sale, M, R>, inOrder: readonly Placed[]): readonly Alert[] {
  const matcher = createMatcher(pattern, { key: (e) => e.card, time: (e) => e.at });
  return inOrder.flatMap(({ sale, place }) =>
    matcher.push(sale).map(({ value }) => ({ said: `${pattern.name} ${String(value)}`, place })),
  );
}

/** The sale in a record; `null`: it is broken. */
export function saleOf(text: string): Sale | null {
  try {
    const { card, at, ...rest } = JSON.parse(text) as Partial<Sale>;
    return typeof card === "string" && typeof at === "number" ? ({ ...rest, card, at } as Sale) : null;
  } catch {
    return null;
  }
}

/** Alerts as they came out, in the form of `Expected`. */
export function alertsIn(values: readonly (string | null)[]): readonly string[] {
  return values
    .map((value) => JSON.parse(value ?? "null") as { pattern: string; value: unknown })
    .map(({ pattern, value }) => `${pattern} ${String(value)}`)
    .sort();
}
