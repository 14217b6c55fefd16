/** More names than this are cut off. */
const MAX_LISTED = 20;

/** Names in quotes, in one line: `"probe", "cashOut"`. */
export function listNames(names: Iterable<string>): string {
  const quoted = Array.from(names, (name) => `"${name}"`);
  return quoted.length > MAX_LISTED ? [...quoted.slice(0, MAX_LISTED), "…"].join(", ") : quoted.join(", ");
}
