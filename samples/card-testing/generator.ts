// Made-up card traffic: some hundred people who shop, a few attacks, and a few things that look like attacks. The same
// seed always gives the same events, so what must be found in them is known.

import type { CardEvent } from "./pattern.ts";

/** What is made. */
export type TrafficOptions = {
  /** Any whole number. */
  readonly seed: number;
  readonly cards: number;
  /** When the first event may happen, in milliseconds since 1970. */
  readonly startAt: number;
  readonly lengthMs: number;
  /** How many attacks, and how many of each kind that looks like one. There must be four times as many cards, at least. */
  readonly attacks: number;
};

/** An event, and when it reaches the topic: up to four seconds after it happened. */
export type Arrival = { readonly arrivesAt: number; readonly event: CardEvent };

/**
 * What happened to a card. `attack` must be found; the others must not: `blocked` was stopped in time, `slow` waited too long
 * with the large charge, and `tourist` made small and large charges, but all in one country.
 */
export type Story = { readonly kind: "attack" | "blocked" | "slow" | "tourist"; readonly card: string };

export type Traffic = {
  /** In the order of arrival. */
  readonly arrivals: readonly Arrival[];
  /** Everything out of the ordinary, at most one story a card. */
  readonly stories: readonly Story[];
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MAX_DELAY_MS = 4 * SECOND;
const KINDS: readonly Story["kind"][] = ["attack", "blocked", "slow", "tourist"];
const HOMES = ["DE", "DE", "DE", "FR", "FR", "IT", "ES", "NL", "PL", "AT"];
const FAR = ["BR", "US", "SG", "ZA", "AU"];

/** Makes traffic: about six events for each card. */
export function cardTraffic({ seed, cards, startAt, lengthMs, attacks }: TrafficOptions): Traffic {
  const chance = createChance(seed);
  const events: CardEvent[] = [];
  const stories: Story[] = [];
  for (let index = 0; index < cards; index++) {
    const card = cardNumber(index);
    const home = chance.oneOf(HOMES);
    const kind = index < attacks * KINDS.length ? KINDS[index % KINDS.length] : undefined;
    const from = startAt + wholeSeconds(chance.between(0.03, 0.95) * lengthMs);
    if (kind !== undefined) {
      stories.push({ kind, card });
      events.push(...tell(kind, card, home, from, chance));
    }
    events.push(...ordinaryCharges(card, home, { from: startAt, to: startAt + lengthMs }, kind === undefined, chance));
  }
  const arrivals = events.map((event) => ({ arrivesAt: event.at + Math.floor(chance.below(MAX_DELAY_MS)), event }));
  return { arrivals: arrivals.sort((a, b) => a.arrivesAt - b.arrivesAt), stories };
}

/** The events of a story that begins at `from`. */
function tell(kind: Story["kind"], card: string, home: string, from: number, chance: Chance): readonly CardEvent[] {
  const [near, far] = chance.twoOf(FAR);
  const probeCountry = kind === "tourist" ? home : near;
  const events: CardEvent[] = [];
  let at = from;
  for (let probes = 3 + Math.floor(chance.below(2)); probes > 0; probes--) {
    events.push({ type: "charge", card, amount: cents(chance.between(0.5, 1.99)), country: probeCountry, at });
    at += wholeSeconds(chance.between(10, 50) * SECOND);
  }
  if (kind === "blocked") events.push({ type: "block", card, at: at + 5 * SECOND });
  at += wholeSeconds(kind === "slow" ? chance.between(11, 25) * MINUTE : chance.between(0.5, 4) * MINUTE);
  const country = kind === "tourist" ? home : far;
  events.push({ type: "charge", card, amount: cents(chance.between(600, 2_400)), country, at });
  return events;
}

/**
 * What people buy on a day. Large and tiny things they buy at home, and whoever has a story buys neither beside it: so no
 * ordinary charge can make an attack of what is none, or a second one of one.
 */
function ordinaryCharges(
  card: string,
  home: string,
  { from, to }: { readonly from: number; readonly to: number },
  anyAmount: boolean,
  chance: Chance,
): readonly CardEvent[] {
  const events: CardEvent[] = [];
  const meanGapMs = (to - from) / 6;
  const gapMs = (): number => wholeSeconds(-Math.log(1 - chance.below(1)) * meanGapMs) + MINUTE;
  for (let at = from + gapMs(); at < to; at += gapMs()) {
    const dice = chance.below(1);
    if (anyAmount && dice < 0.08) events.push(charge(card, chance.between(0.8, 1.99), home, at));
    else if (anyAmount && dice < 0.14) events.push(charge(card, chance.between(510, 1_500), home, at));
    else events.push(charge(card, chance.between(3, 140), dice < 0.9 ? home : chance.oneOf(FAR), at));
  }
  return events;
}

function charge(card: string, amount: number, country: string, at: number): CardEvent {
  return { type: "charge", card, amount: cents(amount), country, at };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND) * SECOND;
}

function cents(amount: number): number {
  return Math.floor(amount * 100) / 100;
}

/** Numbers that belong to no bank, spread so that neighbours in the list are none in number. */
function cardNumber(index: number): string {
  const digits = String((index * 7_919 + 104_729) % 1_000_000).padStart(6, "0");
  return `4000-${digits.slice(0, 2)}-${digits.slice(2)}`;
}

interface Chance {
  /** From 0 up to but not `limit`. */
  below(limit: number): number;
  between(low: number, high: number): number;
  oneOf(options: readonly string[]): string;
  /** Two different ones. */
  twoOf(options: readonly string[]): readonly [string, string];
}

/** Chance that repeats itself (mulberry32). */
function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit;
  };
  const at = (options: readonly string[], index: number): string => options[index % options.length] ?? "";
  return {
    below,
    between: (low, high) => low + below(high - low),
    oneOf: (options) => at(options, Math.floor(below(options.length))),
    twoOf: (options) => {
      const first = Math.floor(below(options.length));
      const second = first + 1 + Math.floor(below(options.length - 1));
      return [at(options, first), at(options, second)];
    },
  };
}
