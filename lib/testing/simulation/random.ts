// Chance that repeats: each number follows from the seed and the name of the stream, so a fault more or less in one stream leaves
// the others as they were.

/** Numbers of one stream. */
export type Random = {
  /** From 0, below 1. */
  fraction(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  /** One of them, all alike. */
  pick<T>(from: readonly [T, ...T[]]): T;
};

/** The stream of this name under this seed. Costs a few nanoseconds a number. */
export function createRandom(seed: number, name: string): Random {
  let state = mix(seed | 0, name);
  // Steps of an odd constant visit all 2^32 states; the rounds after it spread neighbouring states (as in Murmur's finaliser).
  const fraction = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return spread(state) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(fraction() * (to - from + 1));
  return {
    fraction,
    between,
    happens: (probability) => fraction() < probability,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
  };
}

/** `hash` and `text` in one 32-bit number, in order. Costs one pass over the text. */
export function mix(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return spread(mixed ^ text.length) | 0;
}

function spread(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
