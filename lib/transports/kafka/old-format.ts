// Messages as they were written before Kafka 0.11 and as old brokers still hand them out; kafkajs reads them:
//
//     bytes     │ message │ message ... │ cut│
//     message   │ offset 8 │ size 4 │ checksum 4 │ magic 1: 0 or 1 │ ... │
//
// Its reader believes every length, goes backwards at negative ones and so might never end. So it only gets what has a right
// checksum. Old data is rare, and Node computes this checksum fast.

import { crc32 } from "node:zlib";
import type { BatchFailure } from "./record-batch.ts";

const UNCOUNTED_BYTES = 12;
const CHECKSUM_AT = 12;
const MAGIC_AT = 16;
/** Checksum, magic, attributes, and two lengths. */
const LEAST_MESSAGE_BYTES = 14;
const LAST_OLD_MAGIC = 1;

/** Whether what was fetched begins with a message of an old format. */
export function isOldFormat(bytes: Buffer): boolean {
  return bytes.length > MAGIC_AT && isOldAt(bytes, 0);
}

/** What is wrong with messages of an old format. One pass over their bytes, up to where they are cut or the new format begins. */
export function mistakeInOldFormat(bytes: Buffer): BatchFailure | null {
  for (let at = 0; at + MAGIC_AT < bytes.length && isOldAt(bytes, at); ) {
    const size = bytes.readInt32BE(at + 8);
    const end = at + UNCOUNTED_BYTES + size;
    const failure = (reason: string): BatchFailure => ({
      kind: "corrupt",
      offset: bytes.readBigInt64BE(at),
      reason,
    });
    if (size < LEAST_MESSAGE_BYTES) return failure(`a message in it says it has ${size} bytes`);
    if (end > bytes.length) return at > 0 ? null : failure("it is longer than what was fetched");
    if (crc32(bytes.subarray(at + MAGIC_AT, end)) !== bytes.readUInt32BE(at + CHECKSUM_AT))
      return failure("its checksum is wrong, so it was damaged after it was written");
    at = end;
  }
  return null;
}

function isOldAt(bytes: Buffer, at: number): boolean {
  return (bytes[at + MAGIC_AT] as number) <= LAST_OLD_MAGIC;
}
