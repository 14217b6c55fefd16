// Which letters stand in a pattern and which streams it is tried on. Conditions compare the type of an event with
// constants and nothing else, so nothing changes if letters are renamed in pattern and stream alike. Hence
//
//     of all patterns that differ in the names of letters only one is tried: the first in alphabetical order, the
//     least of its orbit under the six permutations of a, b, c
//
//     letters that the pattern does not have are alike to it: one of them, called by the next name that is free,
//     stands for all
//
// exhaustive.spec.ts proves both: the orbits of the patterns that are kept are all patterns, and renaming changes
// nothing that is found.

const LETTERS = ["a", "b", "c"] as const;
const PAIRS = ["ab", "ac", "bc"] as const;
const PERMUTATIONS = ["abc", "acb", "bac", "bca", "cab", "cba"] as const;

/** The letters of a pattern from left to right; one or two for each place. */
export type Lettering = readonly string[];

/** How many letters each place of a shape holds. */
export function placesOf(shape: string): readonly number[] {
  return (shape.match(/_+/g) ?? []).map((place) => place.length);
}

/** Every way to put letters into places. */
export function allLetterings(places: readonly number[]): readonly Lettering[] {
  return places.reduce<readonly Lettering[]>(
    (done, letters) => done.flatMap((each) => (letters === 1 ? LETTERS : PAIRS).map((next) => [...each, next])),
    [[]],
  );
}

/** The letterings that one differs from in the names of letters only, itself among them. */
export function orbitOf(lettering: Lettering): readonly Lettering[] {
  const renamed = PERMUTATIONS.map((names) => lettering.map((letters) => rename(letters, names)));
  return [...new Map(renamed.map((each) => [each.join(" "), each])).values()];
}

/** Letter by letter, `a` becoming the first of `names`; in alphabetical order. */
export function rename(letters: string, names: string): string {
  return [...letters]
    .map((letter) => names["abc".indexOf(letter)] ?? letter)
    .sort()
    .join("");
}

const known = new Map<string, readonly Lettering[]>();

/** One lettering of each orbit. Cost: the number of all letterings, once for places alike. */
export function letterings(places: readonly number[]): readonly Lettering[] {
  const key = places.join("");
  const found = known.get(key);
  if (found !== undefined) return found;
  const least = allLetterings(places).filter((lettering) =>
    orbitOf(lettering).every((other) => other.join(" ") >= lettering.join(" ")),
  );
  known.set(key, least);
  return least;
}

/** Writes letters into a shape. The second step of a letter gets a name of its own, `A`, the third `AA`; so do absences. */
export function fill(shape: string, lettering: Lettering): string {
  const used = new Map<string, number>();
  let place = 0;
  return shape.replace(/([/!]?)_+/g, (_, sign: string) => {
    const letters = lettering[place++] ?? "";
    if (sign === "/") return `/${letters}`;
    const before = used.get(sign + letters) ?? 0;
    used.set(sign + letters, before + 1);
    if (before === 0) return sign + letters;
    return `${sign}${sign === "!" ? "no" : ""}${letters.toUpperCase().repeat(before)}:${letters}`;
  });
}

/** The letters of streams for a pattern: its own, and one that it does not have, if there is a third. */
export function alphabetOf(lettering: Lettering): readonly string[] {
  return LETTERS.slice(0, new Set(lettering.join("")).size + 1);
}
