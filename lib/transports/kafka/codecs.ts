// How batches are compressed, by the numbers that Kafka gives to its codecs.

import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** Why a batch could not be decompressed. */
export type CodecFailure = {
  readonly kind: "corrupt" | "codecMissing" | "tooLarge";
  /** Goes on from "the batch cannot be read:". */
  readonly reason: string;
};

export type Codecs = {
  /** What `bytes` were before codec number `codec`, `maxBytes` at most. */
  decompress(codec: number, bytes: Buffer, maxBytes: number): Promise<Buffer | CodecFailure>;
};

const NAMES = ["none", "gzip", "snappy", "lz4", "zstd"];
const GZIP = 1;
const gunzipped = promisify(gunzip);

export function createCodecs(): Codecs {
  return {
    decompress: (codec, bytes, maxBytes) => {
      const name = NAMES[codec];
      if (name === undefined)
        return Promise.resolve({
          kind: "corrupt",
          reason: `it says that codec ${codec} was used, which does not exist`,
        });
      if (codec === GZIP) return decompressGzip(bytes, maxBytes);
      const reason = `it is compressed with ${name}, which cannot be read yet. Have its producer use gzip.`;
      return Promise.resolve({ kind: "codecMissing", reason });
    },
  };
}

async function decompressGzip(bytes: Buffer, maxBytes: number): Promise<Buffer | CodecFailure> {
  try {
    return await gunzipped(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ERR_BUFFER_TOO_LARGE"
      ? { kind: "tooLarge", reason: `it has more than ${maxBytes} bytes when it is decompressed` }
      : { kind: "corrupt", reason: `its gzip cannot be read (${message})` };
  }
}
