// Our reader of record batches against kafkajs' own encoder and decoder.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { decodeBatches, type FetchedBatches } from "../../../lib/transports/kafka/record-batch.ts";
import { decodeWithStock, encode, someBatches } from "./stock.ts";

const it = suite("record batch");
const codecs = createCodecs();
const MEGABYTE = 1024 * 1024;

it("reads what kafkajs' encoder writes as kafkajs' decoder does, and knows where batches end", () =>
  fc.assert(
    fc.asyncProperty(someBatches, async (written) => {
      const bytes = Buffer.concat(await Promise.all(written.map(encode)));
      const { batches, failure } = await decodeBatches(bytes, codecs, MEGABYTE);
      assert.is(failure, null);
      assert.equal(recordsIn(batches), (await decodeWithStock(bytes)).map(stockRecord));
      assert.equal(
        batches.map(({ firstOffset, lastOffset, isTransactional, producerId }) => [
          firstOffset,
          lastOffset,
          isTransactional,
          producerId,
        ]),
        written.map(({ firstOffset, lastOffsetDelta, transactional, producerId }) => [
          firstOffset,
          firstOffset + BigInt(lastOffsetDelta),
          transactional,
          producerId,
        ]),
      );
    }),
    { numRuns: 500 },
  ));

function recordsIn(batches: FetchedBatches["batches"]): readonly unknown[] {
  return batches.flatMap(({ records }) =>
    records.map(({ offset, timestamp, key, value, headers }) => ({
      offset,
      timestamp,
      key,
      value,
      headers: [...headers],
    })),
  );
}

/** A message of kafkajs, as we give it. */
function stockRecord({
  offset,
  timestamp,
  key,
  value,
  headers,
}: Awaited<ReturnType<typeof decodeWithStock>>[number]): unknown {
  return {
    offset: BigInt(offset),
    timestamp: timestamp === "-1" ? null : Number(timestamp),
    key,
    value,
    headers: Object.entries(headers).map(([name, given]) => {
      const last = Array.isArray(given) ? given.at(-1) : given;
      return [name, Buffer.isBuffer(last) ? last.toString("utf8") : ""];
    }),
  };
}

it.run();
