// Reads Zstandard: with Node's own reader where there is one (22.15 and newer), else with the package `fzstd`, plain
// JavaScript, where that is installed: an optional peer.

import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { installedFzstd } from "./installed.ts";
import { Malformed } from "./varint.ts";

/** Gives what was compressed, or `null` if that is more than `maxBytes`. @throws {Error} where the bytes are no Zstandard. */
export type ZstdReader = (bytes: Buffer, maxBytes: number) => Promise<Buffer | null>;

type NodeZstd = {
  readonly zstdDecompress?: (
    bytes: Buffer,
    options: { readonly maxOutputLength: number },
    done: (error: NodeJS.ErrnoException | null, result: Buffer) => void,
  ) => void;
};
type Fzstd = {
  readonly Decompress: new (take: (chunk: Uint8Array) => void) => { push(bytes: Uint8Array, isLast: boolean): void };
};

const MAGIC = 0xfd2fb528;
/** Magic, descriptor, dictionary, size. */
const LONGEST_HEADER_BYTES = 17;

/** The reader of this process; `null` if there is none. */
export function findZstd(): ZstdReader | null {
  return nodeZstd(zlib as NodeZstd) ?? installedZstd();
}

/** Node's own, off the main thread. */
export function nodeZstd({ zstdDecompress }: NodeZstd): ZstdReader | null {
  if (zstdDecompress === undefined) return null;
  const decompress = promisify(zstdDecompress);
  return async (bytes, maxBytes) => {
    try {
      return await decompress(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return null;
      throw error;
    }
  };
}

export function installedZstd(): ZstdReader | null {
  let fzstd: Fzstd;
  try {
    fzstd = installedFzstd() as Fzstd;
  } catch {
    return null;
  }
  return async (bytes, maxBytes) => {
    if (windowBytes(bytes) > maxBytes) return null;
    const chunks: Uint8Array[] = [];
    let total = 0;
    try {
      new fzstd.Decompress((chunk) => {
        total += chunk.length;
        if (total > maxBytes) throw TOO_LARGE;
        chunks.push(chunk);
      }).push(bytes, true);
    } catch (error) {
      if (error === TOO_LARGE) return null;
      throw error;
    }
    return Buffer.concat(chunks, total);
  };
}

const TOO_LARGE = new Error("more than maxBytes");

/** How much memory a frame asks for before it has given anything: fzstd would believe it. @throws {Malformed} */
function windowBytes(bytes: Buffer): number {
  const header = Buffer.alloc(LONGEST_HEADER_BYTES);
  bytes.copy(header);
  if (header.readUInt32LE(0) !== MAGIC) throw new Malformed("it does not begin like a frame");
  const descriptor = header.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const window = header.readUInt8(5);
    return 2 ** (10 + (window >>> 3)) * (1 + (window & 7) / 8);
  }
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeBytes = [1, 2, 4, 8][descriptor >>> 6] as number;
  const size = header.subarray(5 + dictionaryBytes).readUIntLE(0, Math.min(sizeBytes, 6));
  return size + (sizeBytes === 2 ? 256 : 0);
}
