// How batches are compressed, by the numbers that Kafka gives to its codecs. Whatever the bytes say, no more than a limit
// comes out of them: a few kilobytes of gzip can hold gigabytes.

import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { decompressLz4 } from "./lz4.ts";
import { decompressSnappy } from "./snappy.ts";
import { findZstd, type ZstdReader } from "./zstd.ts";

/** Why a batch could not be decompressed. */
export type CodecFailure = {
  readonly kind: "corrupt" | "codecMissing" | "tooLarge";
  /** Goes on from "the batch cannot be read:". */
  readonly reason: string;
};

/** A `CodecFailure` where an error is needed. */
export class CodecError extends Error {
  readonly failure: CodecFailure;
  constructor(failure: CodecFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

export type Codecs = {
  /** What `bytes` were before codec number `codec`, `maxBytes` at most. Does not reject. */
  decompress(codec: number, bytes: Buffer, maxBytes: number): Promise<Buffer | CodecFailure>;
};

/** Gives what was compressed, or `null` if that is more than `maxBytes`. Rejects where the bytes are not of its format. */
type Decompress = (bytes: Buffer, maxBytes: number) => Promise<Buffer | null>;

type Codec = { readonly name: string; readonly decompress: Decompress | null };

/** The codecs of this process: gzip, snappy, lz4, and zstd where something reads it. */
export function createCodecs(zstd: ZstdReader | null = findZstd()): Codecs {
  const codecs = new Map<number, Codec>([
    [1, { name: "gzip", decompress: decompressGzip }],
    [2, { name: "snappy", decompress: async (bytes, maxBytes) => decompressSnappy(bytes, maxBytes) }],
    [3, { name: "lz4", decompress: async (bytes, maxBytes) => decompressLz4(bytes, maxBytes) }],
    [4, { name: "zstd", decompress: zstd }],
  ]);
  return {
    decompress: async (number, bytes, maxBytes) => {
      const codec = codecs.get(number);
      if (codec === undefined)
        return { kind: "corrupt", reason: `it says it has codec ${number}, which does not exist` };
      if (codec.decompress === null) return ZSTD_MISSING;
      try {
        const whole = await codec.decompress(bytes, maxBytes);
        return whole ?? { kind: "tooLarge", reason: `it has more than ${maxBytes} bytes when it is decompressed` };
      } catch (error) {
        return { kind: "corrupt", reason: `its ${codec.name} is broken: ${(error as Error).message}` };
      }
    },
  };
}

const ZSTD_MISSING: CodecFailure = {
  kind: "codecMissing",
  reason:
    "it is compressed with zstd, which this Node.js does not read by itself. " +
    "Install the package fzstd beside sequitur (npm install fzstd), run Node.js 22.15 or newer, or have producers use another codec.",
};

const gunzipped = promisify(gunzip);

async function decompressGzip(bytes: Buffer, maxBytes: number): Promise<Buffer | null> {
  try {
    return await gunzipped(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw error;
  }
}
