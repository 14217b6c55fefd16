// Work that takes long, in slices: whoever does it may let others have their turn between two of them.

/** Work with a result; each `yield` is a moment to pause. */
export type Sliced<T> = Generator<undefined, T>;

/** Does all of it at once. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
