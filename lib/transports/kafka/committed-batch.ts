// What one fetch found in one partition, as kafkajs asks about it. In the place of kafkajs' own `Batch`, whose questions it
// answers; messages are `RecordView`s. It knows where its batches end, so it also moves on where no record is left in them.

import { batchError } from "./batch-error.ts";
import { type AbortedTransaction, committedRecords } from "./committed.ts";
import type { PartitionData, StockBatch } from "./kafkajs-parts.ts";
import { type FetchedBatches, hasRightChecksum, type RecordBatch, WRONG_CHECKSUM } from "./record-batch.ts";
import type { RecordView } from "./record-view.ts";

const MISSING = "the one before it is missing";

export class CommittedBatch implements StockBatch {
  readonly topic: string;
  readonly partition: number;
  readonly fetchedOffset: string;
  readonly highWatermark: string;
  /** The committed records from the fetched offset on. */
  readonly messages: readonly RecordView[];
  private readonly batches: readonly RecordBatch[];
  private readonly fetchedAt: bigint;

  /** @throws {TransportError} `CORRUPT_BATCH`, `CODEC_MISSING`, `BATCH_TOO_LARGE` where nothing could be read. */
  constructor(topic: string, fetchedOffset: string, data: PartitionData<FetchedBatches>) {
    const { batches, failure } = data.messages;
    if (failure !== null && batches.length === 0)
      throw batchError(failure, { topic, partition: data.partition, fetchedOffset });
    this.topic = topic;
    this.partition = data.partition;
    this.fetchedOffset = fetchedOffset;
    this.highWatermark = data.highWatermark;
    this.batches = batches;
    this.fetchedAt = BigInt(fetchedOffset);
    this.messages = committedRecords(batches, abortedOf(data), this.fetchedAt);
  }

  /**
   * Verifies what reading alone does not, of a log that nobody compacts: each batch begins where the one before ends, and is what was written;
   * compressed ones are verified when they are read. Brokers leave out a batch whose end is damaged. @throws {TransportError} `CORRUPT_BATCH`
   */
  requireWhole(): void {
    const { topic, partition, fetchedOffset } = this;
    let next = this.fetchedAt;
    for (const batch of this.batches) {
      const offset = batch.firstOffset;
      const reason = offset > next ? MISSING : batch.codec === 0 && !hasRightChecksum(batch) ? WRONG_CHECKSUM : null;
      if (reason !== null) throw batchError({ kind: "corrupt", offset, reason }, { topic, partition, fetchedOffset });
      next = batch.lastOffset + 1n;
    }
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  isEmptyIncludingFiltered(): boolean {
    return this.batches.length === 0;
  }

  /** Then kafkajs moves on behind `lastOffset`. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.batches.length > 0;
  }

  isEmptyControlRecord(): boolean {
    return this.isEmpty() && this.batches.some(({ isControl }) => isControl);
  }

  isEmptyDueToLogCompactedMessages(): boolean {
    return false;
  }

  /** Of the first record, markers included, from the fetched offset on; `null` if nothing was fetched. */
  firstOffset(): string | null {
    if (this.batches.length === 0) return null;
    for (const { records } of this.batches)
      for (const { offset } of records) if (offset >= this.fetchedAt) return String(offset);
    return this.lastOffset();
  }

  /** Where the last batch ends; if nothing was fetched, where the partition ends. */
  lastOffset(): string {
    return String(this.batches.at(-1)?.lastOffset ?? BigInt(this.highWatermark) - 1n);
  }

  offsetLag(): string {
    return String(BigInt(this.highWatermark) - 1n - BigInt(this.lastOffset()));
  }

  offsetLagLow(): string {
    const first = this.firstOffset();
    return first === null ? "0" : String(BigInt(this.highWatermark) - 1n - BigInt(first));
  }
}

function abortedOf({ abortedTransactions }: PartitionData<FetchedBatches>): readonly AbortedTransaction[] {
  return (abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
    producerId: BigInt(producerId),
    firstOffset: BigInt(firstOffset),
  }));
}
