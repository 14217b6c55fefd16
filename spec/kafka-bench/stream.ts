// What the bench of a service reads: JSON of a given length, of very many keys, out of order within a second; three in ten are taken.
// The same for the same numbers.
//
//     {"n":…,"type":"open","key":"k4711","at":…,"value":17,"by":"………"}                          30 % open, 2 % close, others concern nobody
//     {…,"shop":{"id":…,"city":"…"},"device":"…","currency":"EUR","tags":["…","…"],"by":"………"}   longer ones say more, too
import { z } from "zod";
import { pattern } from "../../lib/index.ts";
import type { ServiceDefinition } from "../../lib/service/definition.ts";
import { service, topic } from "../../lib/service/index.ts";
import type { JavaRecord } from "../broker/java-produce.ts";
import { randomNumbers } from "../kafka-load/traffic.ts";

export type Account = {
  readonly n: number;
  readonly type: "open" | "close" | "look";
  readonly key: string;
  readonly at: number;
  readonly value: number;
};

export const INPUT = "bench-in";
/** Bytes of a record's value. */
export const SIZES = [100, 300] as const;
export type Size = (typeof SIZES)[number];

const KEYS = 100_000;
/** Events of one second of event time. */
export const PER_SECOND = 10_000;
const START_AT = Date.parse("2026-03-02T09:00:00Z");
const WITHIN_MS = 10_000;
export const OUT_OF_ORDERNESS_MS = 1_000;
const MOST_BEHIND_MS = 900;
const FILLING = "teller".repeat(20);

/** In the order of sending. */
export function* accounts(events: number): Generator<Account> {
  const chance = randomNumbers(1);
  for (let n = 0; n < events; n += 1)
    yield accountOf(n, chance, () => START_AT + Math.floor((n * 1_000) / PER_SECOND - chance() * MOST_BEHIND_MS));
}

/** The `n`-th of them, with another time. */
export function accountOf(n: number, chance: () => number, at: () => number): Account {
  const kind = chance();
  return {
    n,
    type: kind < 0.3 ? "open" : kind < 0.32 ? "close" : "look",
    key: `k${Math.floor(chance() * KEYS)}`,
    at: at(),
    value: Math.floor(chance() * 1_000),
  };
}

/** The same as records whose values have `size` bytes. */
export function* records(events: number, size: Size): Generator<JavaRecord> {
  for (const account of accounts(events)) yield { key: account.key, value: textOf(account, size) };
}

/** As JSON of so many bytes. */
export function textOf(account: Account, size: Size): string {
  const said = size === 100 ? plain(account) : JSON.stringify({ ...account, ...moreOf(account) });
  const bare = `${said.slice(0, -1)},"by":"`;
  return `${bare}${FILLING.slice(0, size - bare.length - 2)}"}`;
}

/** As `JSON.stringify` has it, in a third of the time: who writes at an even pace has to be quick. */
function plain({ n, type, key, at, value }: Account): string {
  return `{"n":${n},"type":"${type}","key":"${key}","at":${at},"value":${value}}`;
}

function moreOf({ n, value }: Account): object {
  return {
    shop: { id: n % 977, city: "Rotterdam" },
    device: `terminal-${value}`,
    currency: "EUR",
    tags: ["contactless", "abroad"],
    rate: value / 7,
    isFirst: n % 2 === 0,
  };
}

const SCHEMA = z.looseObject({
  n: z.int(),
  type: z.enum(["open", "close", "look"]),
  key: z.string().min(2),
  at: z.number(),
  value: z.number(),
});

/** How a service differs from the one that is measured for its rate. */
export type BenchOptions = { readonly schema?: boolean; readonly input?: string; readonly withinMs?: number };

/** The service under measurement, under a name that keeps several apart on one broker. Alerts carry their events. */
export function benchService(app: string, options: BenchOptions = {}): ServiceDefinition {
  const { schema = false, input = INPUT, withinMs = WITHIN_MS } = options;
  const read = topic<Account>(input, {
    key: (e) => e.key,
    time: (e) => e.at,
    outOfOrderness: OUT_OF_ORDERNESS_MS,
    ...(schema ? { schema: SCHEMA } : {}),
  });
  const closing = pattern<Account>("closing").begin("open").on("open").followedBy("close").on("close").within(withinMs);
  return service({ app, inputs: [read], patterns: [closing] });
}

/** How many alerts there have to be, by a loop of its own. */
export function alertsIn(events: number): number {
  const inOrder = [...accounts(events)].sort((a, b) => a.at - b.at || a.n - b.n);
  const alertsOf = pairing(WITHIN_MS);
  return inOrder.reduce((sum, account) => sum + alertsOf(account), 0);
}

/** How many alerts an account completes, told in the order of time: each close meets the opens of its key within the time before it that no other close has met. */
export function pairing(withinMs: number): (account: Account) => number {
  const opens = new Map<string, number[]>();
  return ({ type, key, at }) => {
    if (type === "look") return 0;
    const known = (opens.get(key) ?? []).filter((since) => at - since < withinMs);
    if (type === "open") opens.set(key, [...known, at]);
    else opens.delete(key);
    return type === "open" ? 0 : known.length;
  };
}

/** So long that as many events of a key are within it as where the rate is measured, if `perSecond` come in a second. */
export function withinAt(perSecond: number): number {
  return Math.round((WITHIN_MS * PER_SECOND) / perSecond);
}
