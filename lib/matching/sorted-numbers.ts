// Numbers in order, each once, in pieces that are short enough to be moved at every change.

const LONGEST = 512;

export class SortedNumbers {
  /** None is empty. */
  readonly #pieces: number[][] = [];

  /** Adds a number that is not there. Cost: a search, and a move within a piece. */
  add(number: number): void {
    const at = Math.min(this.#pieceOf(number), this.#pieces.length - 1);
    const piece = this.#pieces[at];
    if (piece === undefined) {
      this.#pieces.push([number]);
      return;
    }
    piece.splice(placeIn(piece, number, true), 0, number);
    if (piece.length > LONGEST) this.#pieces.splice(at + 1, 0, piece.splice(LONGEST / 2));
  }

  /** Takes away a number that is there. */
  delete(number: number): void {
    const at = this.#pieceOf(number);
    const piece = this.#pieces[at] as number[];
    piece.splice(placeIn(piece, number, true), 1);
    if (piece.length === 0) this.#pieces.splice(at, 1);
  }

  /** The numbers below `value`, and that itself if `orEqual`. Cost: those, and a search. */
  below(value: number, orEqual: boolean): readonly number[] {
    const at = this.#pieceOf(value);
    const piece = this.#pieces[at];
    const whole = this.#pieces.slice(0, at);
    return piece === undefined ? whole.flat() : [...whole, piece.slice(0, placeIn(piece, value, !orEqual))].flat();
  }

  /** The numbers above `value`, and that itself if `orEqual`. Cost: those, and a search. */
  above(value: number, orEqual: boolean): readonly number[] {
    const at = this.#pieceOf(value);
    const piece = this.#pieces[at];
    if (piece === undefined) return [];
    return [piece.slice(placeIn(piece, value, orEqual)), ...this.#pieces.slice(at + 1)].flat();
  }

  /** The first piece whose last number is not below `number`; behind all of them if there is none. */
  #pieceOf(number: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pieces[middle]?.at(-1) as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The place of the first number that is not below `value`; with `isFrom` false: that is above it. */
function placeIn(numbers: readonly number[], value: number, isFrom: boolean): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const number = numbers[middle] as number;
    if (number < value || (!isFrom && number === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
