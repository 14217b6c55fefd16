/**
 * Whether `value` is a promise, or anything else with a `then` to be called, where nobody is going to wait for one. What it
 * may reject with is looked after, so that it cannot end the process.
 */
export function isPromise(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function")
    return false;
  value.then(ignore, ignore);
  return true;
}

function ignore(): void {}
