/**
 * Freezes `value` and all that it holds, and returns it. Functions are left as they are: they belong to whoever wrote
 * them. Cost: one visit per object; the data must be a tree, of any depth.
 */
export function freezeDeep<T>(value: T): T {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) continue;
    Object.freeze(next);
    for (const part of Object.values(next)) waiting.push(part);
  }
  return value;
}
