// The verdict over a service that was hurt: what Kafka's own console consumer finds, read committed, against what has to come out of
// the whole input as that consumer finds it there. Alerts are compared as multisets of their ids; late and broken records, of the places
// that they come from.
import { createHash } from "node:crypto";
import { type ConsumedRecord, consoleConsume } from "../broker/console-consume.ts";
import { expectedOf, saleOf } from "../kafka-load/expected.ts";
import { untilSettled } from "../transports/kafka/settled.ts";

export type Verdict = {
  readonly records: number;
  readonly alerts: number;
  readonly missing: number;
  readonly twice: number;
  readonly wrong: number;
  /** Late events and broken records that are missing from where they belong, or too many there. */
  readonly otherwise: number;
  /** Of these, those that are missing or do not belong there at all. */
  readonly otherwiseWrong: number;
  /** The first few of what is missing or too much. */
  readonly examples: readonly string[];
  /** What is visible to those who do not wait for the end of transactions, and was never committed. */
  readonly aborted: number;
};

const EXAMPLES = 5;
const READ_WITHIN_MS = 600_000;
/** Longer than a transaction can last: whoever was killed leaves one open. */
const SETTLED_WITHIN_MS = 30_000;

/** Holds what `app` has written against what has to come out of `given`; left out: of the input that is there now. */
export async function judge(
  broker: { readonly address: string },
  app: string,
  partitions: number,
  given?: readonly ConsumedRecord[],
): Promise<Verdict> {
  const read = (topic: string, isolation: "read_committed" | "read_uncommitted" = "read_committed") =>
    consoleConsume(broker, `${app}-${topic}`, { withinMs: READ_WITHIN_MS, isolation });
  const written = ["alerts", "late", "dead-letters"].map((topic) => `${app}-${topic}`);
  await untilSettled(broker, written, SETTLED_WITHIN_MS);
  const input = given ?? (await read("in"));
  const places = new Map<number, string>();
  for (const { partition, offset, key, value } of input) {
    const n = saleOf(value ?? "")?.["n"];
    if (n !== undefined) places.set(n, [`s${key?.length}:${key}`, `${app}-in`, partition, offset].join(" "));
  }
  const expected = expectedOf(input, partitions);
  const alerts = await read("alerts");
  const found = alerts.map(({ headers }) => headers.find(([name]) => name === "id")?.[1] ?? "none");
  const wanted = expected.alerts.map((said) => idOf(app, said, places));
  const [missing, tooMuch] = [without(wanted, found), without(found, wanted)];
  const known = new Set(wanted);
  const astray = [...(await read("late")), ...(await read("dead-letters"))].map(placeSaid);
  const belongs = expected.astray.map(({ kind, record }) => [kind, record.partition, record.offset].join(" "));
  const [gone, over] = [without(belongs, astray), without(astray, belongs)];
  const belonging = new Set(belongs);
  const unseen = (await read("alerts", "read_uncommitted")).length;
  return {
    records: input.length,
    alerts: alerts.length,
    missing: missing.length,
    twice: tooMuch.filter((id) => known.has(id)).length,
    wrong: tooMuch.filter((id) => !known.has(id)).length,
    otherwise: gone.length + over.length,
    otherwiseWrong: gone.length + over.filter((place) => !belonging.has(place)).length,
    examples: [
      ...missing.slice(0, EXAMPLES).map((id) => `missing: ${expected.alerts[wanted.indexOf(id)]}`),
      ...tooMuch.slice(0, EXAMPLES).map((id) => `too much: ${alerts[found.lastIndexOf(id)]?.value}`),
      ...gone.slice(0, EXAMPLES).map((place) => `missing: ${place}`),
      ...over.slice(0, EXAMPLES).map((place) => `too much: ${place}`),
    ],
    aborted: unseen - alerts.length,
  };
}

export function isGood({ missing, twice, wrong, otherwise, alerts }: Verdict): boolean {
  return missing + twice + wrong + otherwise === 0 && alerts > 0;
}

/** As good as at-least-once is: what is there again was promised to nobody. */
export function isGoodOrTwice({ missing, wrong, otherwiseWrong, alerts }: Verdict): boolean {
  return missing + wrong + otherwiseWrong === 0 && alerts > 0;
}

/** Of a verdict, what is the same in all scenarios. */
export function sayVerdict(verdict: Verdict): string {
  const { records, alerts, missing, twice, wrong, otherwise, aborted, examples } = verdict;
  const said = `${records} records, ${alerts} alerts: ${missing} missing, ${twice} twice, ${wrong} wrong; ${aborted} in flight were never seen`;
  const more = otherwise === 0 ? "" : `; ${otherwise} late or broken records astray`;
  return [said + more, ...examples].join("\n  ");
}

/** What was said of a copy, and where it comes from. */
function placeSaid({ headers }: ConsumedRecord): string {
  const said = new Map(headers);
  return ["kind", "partition", "offset"].map((name) => said.get(`sequitur-${name}`)).join(" ");
}

/** The id of an alert as its definition has it: a hash of who found it and where its events stand. `said`: `<pattern> <n>-<n>`. */
function idOf(app: string, said: string, places: ReadonlyMap<number, string>): string {
  const [pattern = "", numbers = ""] = said.split(" ");
  const taken = numbers.split("-").map((n) => (places.get(Number(n)) ?? "").split(" "));
  const steps = taken.length === 1 ? ["spend"] : ["probe", "spend"];
  const key = taken[0]?.[0] ?? "";
  const fields = [app, pattern, "1", "match", key];
  for (const [index, [, topic = "", partition = "", offset = ""]] of taken.entries())
    fields.push(steps[index] ?? "", "0", topic, partition, offset);
  const hash = createHash("sha256");
  for (const field of fields) hash.update(`${Buffer.byteLength(field)}:${field}`);
  return hash.digest("hex").slice(0, 32);
}

/** What of `all` is left when each of `taken` is taken away once. */
function without(all: readonly string[], taken: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const each of taken) left.set(each, (left.get(each) ?? 0) + 1);
  return all.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}
