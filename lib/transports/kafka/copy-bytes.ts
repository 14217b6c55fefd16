// The two moves of every decompressor. Short ones, which are most, go byte by byte: calls into Node cost more.

const SHORT = 32;

/** Copies `size` bytes from `at` in `source` to `put` in `target`. */
export function copyBytes(source: Buffer, at: number, target: Buffer, put: number, size: number): void {
  if (size > SHORT) source.copy(target, put, at, at + size);
  else for (let index = 0; index < size; index++) target[put + index] = source[at + index] as number;
}

/** Repeats in `target` what stands `back` bytes before `put`; the two may overlap, which makes runs. */
export function repeatBytes(target: Buffer, put: number, back: number, size: number): void {
  if (size > SHORT && back >= size) target.copyWithin(put, put - back, put - back + size);
  else for (let index = put; index < put + size; index++) target[index] = target[index - back] as number;
}
