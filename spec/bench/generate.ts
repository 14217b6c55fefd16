// The streams of the benches: the same events in every run, on every machine and in every language. One 32-bit xorshift per
// stream; numbers are drawn in the order in which they are written here. peers/java/Stream.java makes the same; checksums
// tell whether it does.

/** An event as objects hold it. */
export type BenchEvent = {
  readonly type:
    | "A"
    | "B"
    | "C"
    | "D"
    | "E"
    | "F"
    | "G"
    | "H"
    | "I"
    | "J"
    | "K"
    | "L"
    | "M"
    | "N"
    | "O"
    | "P"
    | "T"
    | "X";
  readonly key: number;
  readonly ts: number;
  readonly value: number;
};

/** A stream as columns. Events are in order of `ts`. */
export type Stream = {
  readonly events: number;
  /** So many events come first, so that windows are full when the clock starts. */
  readonly warm: number;
  /** So many come last, when the clock has stopped. */
  readonly tail: number;
  readonly type: readonly string[];
  readonly key: Int32Array;
  readonly ts: Float64Array;
  readonly value: Float64Array;
};

type Draw = (below: number) => number;
type Drawn = { readonly type: string; readonly key?: number; readonly value?: number };

type Plan = {
  readonly seed: number;
  readonly events: number;
  readonly warm: number;
  readonly tail?: number;
  readonly perMs: number;
  /** Each call draws a stream from its beginning. Without `value` an event has its number modulo 1,000. */
  readonly start: (draw: Draw) => (index: number) => Drawn;
};

const LETTERS = "ABCDEFGHIJKLMNO";

const PLANS: ReadonlyMap<string, Plan> = new Map([
  ["W1a", { seed: 1001, events: 2_200_000, warm: 200_000, perMs: 10, start: lettersOfKeys(10_000, "ABC", 10) }],
  ["W1b", { seed: 1002, events: 4_000_000, warm: 2_000_000, perMs: 200, start: lettersOfKeys(1_000_000, "ABC", 4) }],
  ["W2", { seed: 1003, events: 2_500_000, warm: 500_000, perMs: 100, start: smallAndLarge }],
  ["W3k3", { seed: 1033, events: 1_001_000, warm: 200, perMs: 1, start: letters(9) }],
  ["W3k5", { seed: 1035, events: 1_001_000, warm: 200, perMs: 1, start: letters(11) }],
  ["W5", { seed: 1005, events: 3_000_000, warm: 1_000_000, perMs: 100, start: lettersOfKeys(100_000, "AB", 10) }],
  ["W6", { seed: 1006, events: 2_200_000, warm: 200_000, perMs: 10, start: prices }],
  ["W7", { seed: 1007, events: 1_000_000, warm: 0, perMs: 200, start: () => (index) => ({ type: "A", key: index }) }],
  ["W8", { seed: 1039, events: 2_000_000, warm: 10_000, perMs: 1, start: letters(15) }],
  ["W9", { seed: 1091, events: 1_000_000, warm: 200_000, perMs: 100, start: pairsOfValues }],
  ["W10", { seed: 1101, events: 200_000, warm: 100_000, perMs: 10, start: anyValues }],
  ["W12", { seed: 1121, events: 300_000, warm: 100_000, perMs: 10, start: threeOfValues }],
  ["W11s", { seed: 1001, events: 2_200_000, warm: 200_000, perMs: 10, start: lettersOfKeys(10_000, "ABC", 10, 100) }],
]);

const NOISE = 500_000;

/**
 * A stream by its name, `W4-<a>` included; at most `atMost` events of it, from its beginning (of W4: that much less noise).
 * Some 25 bytes an event.
 */
export function generate(name: string, atMost = Number.POSITIVE_INFINITY): Stream {
  const plan = PLANS.get(name) ?? openRuns(name, atMost);
  const events = Math.min(plan.events, atMost);
  const type = new Array<string>(events);
  const [key, ts, value] = [new Int32Array(events), new Float64Array(events), new Float64Array(events)];
  const next = plan.start(xorshift(plan.seed));
  for (let index = 0; index < events; index += 1) {
    const drawn = next(index);
    type[index] = drawn.type;
    key[index] = drawn.key ?? 0;
    ts[index] = Math.floor(index / plan.perMs);
    value[index] = drawn.value ?? index % 1_000;
  }
  const warm = plan.warm < events ? plan.warm : Math.floor(events / 2);
  return { events, warm, tail: plan.tail ?? 0, type, key, ts, value };
}

/** One event of a stream as an object. */
export function eventAt(stream: Stream, index: number): BenchEvent {
  return {
    type: stream.type[index] as BenchEvent["type"],
    key: stream.key[index] as number,
    ts: stream.ts[index] as number,
    value: stream.value[index] as number,
  };
}

/** Equal for equal streams, a signed 32-bit number. */
export function checksum({ events, type, key, ts, value }: Stream): number {
  let sum = 17;
  for (let index = 0; index < events; index += 1) {
    const letter = (type[index] as string).charCodeAt(0);
    const event = letter * 7 + (key[index] as number) + (ts[index] as number) + (value[index] as number);
    sum = (Math.imul(sum, 31) + event) | 0;
  }
  return sum;
}

function xorshift(seed: number): Draw {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** One of `taken` with a chance of one in `outOf` each, else X; of a key below `keys`, or of `fold` keys that share them. */
function lettersOfKeys(keys: number, taken: string, outOf: number, fold = keys): Plan["start"] {
  return (draw) => () => {
    const key = draw(keys) % fold;
    return { key, type: taken[draw(outOf)] ?? "X" };
  };
}

function letters(count: number): Plan["start"] {
  return (draw) => () => ({ type: LETTERS[draw(count)] as string });
}

function smallAndLarge(draw: Draw): (index: number) => Drawn {
  return () => {
    const key = draw(100_000);
    const kind = draw(100);
    const value = draw(2 ** 30);
    return { type: "T", key, value: kind < 5 ? value % 10 : kind < 10 ? 1_001 + (value % 9_000) : 10 + (value % 990) };
  };
}

function prices(draw: Draw): (index: number) => Drawn {
  const priceOf = new Float64Array(1_000).fill(100_000);
  return () => {
    const key = draw(1_000);
    const value = (priceOf[key] as number) + draw(21) - 10;
    priceOf[key] = value;
    return { type: "P", key, value };
  };
}

function pairsOfValues(draw: Draw): (index: number) => Drawn {
  return () => ({ type: draw(2) === 0 ? "A" : "B", value: draw(100_000) });
}

function threeOfValues(draw: Draw): (index: number) => Drawn {
  return () => ({ type: LETTERS[draw(3)] as string, value: draw(1_000) });
}

function anyValues(draw: Draw): (index: number) => Drawn {
  return () => ({ type: "P", value: draw(1_000_000) });
}

/** `W4-<a>`: a times A, 3 times B, noise, and a C when the clock has stopped: 8a runs are open while the noise passes. */
function openRuns(name: string, atMost: number): Plan {
  const firsts = Number(/^W4-(\d{1,6})$/.exec(name)?.[1] ?? "0");
  if (firsts === 0) throw new Error(`There is no stream ${name}.`);
  const warm = firsts + 3;
  const noise = Math.max(0, Math.min(NOISE, atMost - warm - 1));
  const events = warm + noise + 1;
  const typeAt = (index: number): string =>
    index < firsts ? "A" : index < warm ? "B" : index < events - 1 ? "X" : "C";
  return { seed: 1, events, warm, tail: 1, perMs: 1, start: () => (index) => ({ type: typeAt(index) }) };
}
