// What a committed reader makes of a fetch.

import type { Fetched, LogEntry } from "./calls.ts";

/**
 * The records of a fetch that were committed, without markers. As clients do it: data of a producer is left out from where the
 * broker says that it began an aborted transaction, up to the marker.
 */
export function committedEntries({ entries, aborted }: Fetched): readonly LogEntry[] {
  const toBegin = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const dropping = new Set<bigint>();
  return entries.filter((entry) => {
    for (let next = toBegin[0]; next !== undefined && next.firstOffset <= entry.offset; next = toBegin[0]) {
      dropping.add(next.producerId);
      toBegin.shift();
    }
    if (entry.kind === "data") return !(entry.isTransactional && dropping.has(entry.producerId as bigint));
    if (entry.kind === "abort") dropping.delete(entry.producerId as bigint);
    return false;
  });
}
