/** Something changed, and what was done to it, such as `within("10m") became within("5m")`. */
export type Change<T> = { readonly value: T; readonly change: string };

/** The same changes to something that holds what was changed. */
export function inside<Part, Whole>(
  changes: readonly Change<Part>[],
  wrap: (part: Part) => Whole,
): readonly Change<Whole>[] {
  return changes.map(({ value, change }) => ({ value: wrap(value), change }));
}
