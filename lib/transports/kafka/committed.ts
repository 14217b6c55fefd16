// Which records of a fetch a reader of committed data may see. A broker sends, with the records, the list of aborted
// transactions that reach into them; each goes from its first offset to its abort marker:
//
//     offset      0   1   2   3   4   5   6
//     producer    A   B   A   B   A̶   B̶   C          A̶: marker "aborted", B̶: marker "committed"
//     aborted     [───────────────]                  A from 0: records 0 and 2 are hidden
//
// kafkajs 2.2.4 gets this wrong three ways: it lets one aborted transaction begin per record at most, it takes the list,
// which is in order of ends, for one in order of beginnings, and it takes any record with the key 00 00 00 00, such as the
// number 0, for an abort marker. Each of them delivers aborted records.

import type { RecordBatch } from "./record-batch.ts";
import type { RecordView } from "./record-view.ts";

/** A transaction that was aborted: by whom, and where its first record stands in this partition. */
export type AbortedTransaction = { readonly producerId: bigint; readonly firstOffset: bigint };

/** The kind of a marker, behind two bytes of version in its key. */
const ABORT = 0;

/**
 * The records from `fromOffset` on that are neither markers nor part of an aborted transaction, in order. One pass over the batches
 * and one over their records: a batch belongs to one producer, so it is visible as a whole or not at all.
 */
export function committedRecords(
  batches: readonly RecordBatch[],
  aborted: readonly AbortedTransaction[],
  fromOffset: bigint,
): readonly RecordView[] {
  const coming = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const open = new Set<bigint>();
  const visible: RecordView[] = [];
  let next = 0;
  for (const batch of batches) {
    for (let first = coming[next]; first !== undefined && first.firstOffset <= batch.lastOffset; first = coming[++next])
      open.add(first.producerId);
    if (batch.isControl) {
      if (isAbort(batch)) open.delete(batch.producerId);
    } else if (!(batch.isTransactional && open.has(batch.producerId))) append(visible, batch, fromOffset);
  }
  return visible;
}

function isAbort({ records }: RecordBatch): boolean {
  const key = records[0]?.key;
  return key != null && key.length >= 4 && key.readInt16BE(2) === ABORT;
}

function append(visible: RecordView[], { firstOffset, records }: RecordBatch, fromOffset: bigint): void {
  const isPartly = firstOffset < fromOffset;
  for (const record of records) if (!isPartly || record.offset >= fromOffset) visible.push(record);
}
