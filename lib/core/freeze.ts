/**
 * Freezes `value` and all that it holds, and returns it. Functions are left as they are: they belong to whoever wrote
 * them. Cost: one visit per object; the data must be a tree.
 */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) freezeDeep(part);
  return Object.freeze(value);
}
