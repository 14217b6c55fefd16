// Messages about a word that is not known say which known word it may have been meant for.

/**
 * The word of `known` that `word` is a slip of, or `undefined` if none is near: at most two letters added, left out,
 * changed or swapped with their neighbour, and fewer than half of them. Cost: product of the lengths, per known word.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let least = 3;
  for (const candidate of known) {
    const slips = countSlips(word.toLowerCase(), candidate.toLowerCase());
    if (slips < least && slips * 2 < Math.max(word.length, candidate.length)) {
      best = candidate;
      least = slips;
    }
  }
  return best;
}

/** Nobody misspells a word of more letters; untrusted text may well have one. */
const MAX_LENGTH = 60;

/** The distance of Damerau and Levenshtein, where a letter moves at most once. */
function countSlips(from: string, to: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const costs = [at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + (same ? 0 : 1)];
      if (swapped) costs.push(at(before, column - 2) + 1);
      current.push(Math.min(...costs));
    }
    before = above;
    above = current;
  }
  return at(above, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] as number;
}
