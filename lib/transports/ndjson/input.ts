// Opens what holds events: a file, a gzip file, standard input; and turns what the system says into our errors.

import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ConfigError, TransportError } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";

/** Where events come from: a path, or `-` for standard input. */
export type InputPlace = { readonly topic: string; readonly path: string };

/** Bytes on their way in. */
export interface OpenInput {
  readonly path: string;
  /** Size of the file as it lies on disk; `null` where it is not known before the end. */
  readonly totalBytes: number | null;
  /** Bytes taken from the file so far, before they were unpacked. */
  readBytes(): number;
  /** The unpacked bytes. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Whether all that has arrived was handed over; never true of a file, which is there as a whole. */
  isDrained(): boolean;
  /** Ends the iteration. */
  close(): void;
}

/**
 * Opens a place for reading.
 *
 * @throws {ConfigError} `INPUT_NOT_FOUND`, `INPUT_NOT_READABLE`, `INPUT_IS_FOLDER`
 */
export async function openInput({ topic, path }: InputPlace, stdin: Readable): Promise<OpenInput> {
  if (path === "-") return inputOf(stdin, { path: "standard input", totalBytes: null, packed: false });
  const handle = await open(path, "r").catch(async (error: NodeJS.ErrnoException) => {
    throw await cannotOpen(topic, path, error);
  });
  const stat = await handle.stat();
  if (stat.isDirectory()) {
    await handle.close();
    throw await isFolder(topic, path);
  }
  const raw = createReadStream(path, { fd: handle });
  return inputOf(raw, { path, totalBytes: stat.isFile() ? stat.size : null, packed: path.endsWith(".gz") });
}

function inputOf(
  raw: Readable,
  { path, totalBytes, packed }: { path: string; totalBytes: number | null; packed: boolean },
): OpenInput {
  let readBytes = 0;
  let unpacked: Readable | null = null;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of raw) {
      const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : (chunk as Uint8Array);
      readBytes += bytes.length;
      yield bytes;
    }
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = counted();
    const head = await headOf(bytes);
    if (!packed && !(head[0] === 0x1f && head[1] === 0x8b)) {
      yield head;
      yield* bytes;
      return;
    }
    const gunzip = createGunzip();
    Readable.from(prepended(head, bytes), { objectMode: false })
      .once("error", (error) => gunzip.destroy(error))
      .pipe(gunzip);
    unpacked = gunzip;
    yield* gunzip as AsyncIterable<Uint8Array>;
  }
  return {
    path,
    totalBytes,
    readBytes: () => readBytes,
    chunks,
    isDrained: () => totalBytes === null && raw.readableLength === 0 && (unpacked?.readableLength ?? 0) === 0,
    close: () => {
      unpacked?.destroy();
      raw.destroy();
    },
  };
}

/** The first chunk, of at least two bytes if there are as many. */
async function headOf(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await bytes.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
}

async function* prepended(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

/** What went wrong while reading, in our words. `line` is the last whole line that was read. */
export function readFailed(path: string, line: number, error: NodeJS.ErrnoException): TransportError {
  const options = { cause: error, retriable: false };
  if (error.code?.startsWith("Z_")) {
    const kind = error.code === "Z_BUF_ERROR" ? "ends too early" : "is broken";
    const message = `the gzip data of ${path} ${kind} after line ${line} (${error.message}). Fetch the file again; "gzip -t" tells whether it is whole.`;
    return new TransportError("BROKEN_GZIP", message, options);
  }
  return new TransportError(
    "READ_FAILED",
    `reading ${path} failed after line ${line}: ${error.message}. Check the disk or pipe and run again.`,
    options,
  );
}

async function cannotOpen(topic: string, path: string, error: NodeJS.ErrnoException): Promise<ConfigError> {
  const what = `the events of topic "${topic}" cannot be read from ${path}`;
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") {
    return new ConfigError("INPUT_NOT_READABLE", `${what}: ${error.message}. Give a file that this user may read.`, {
      cause: error,
    });
  }
  const folder = dirname(resolve(path));
  const near = nearest(basename(path), await readdir(folder).catch(() => []));
  const remedy = near ? `Did you mean ${join(dirname(path), near)}?` : `Relative paths start at ${process.cwd()}.`;
  return new ConfigError("INPUT_NOT_FOUND", `${what}: there is no such file. ${remedy}`, { cause: error });
}

async function isFolder(topic: string, path: string): Promise<ConfigError> {
  const files = (await readdir(path)).filter((name) => /\.(ndjson|jsonl)(\.gz)?$/.test(name)).sort();
  const [first] = files;
  const remedy = first ? `Give a file in it, such as ${join(path, first)}.` : "Give a file with one JSON event a line.";
  return new ConfigError(
    "INPUT_IS_FOLDER",
    `the events of topic "${topic}" cannot be read from ${path}: it is a folder. ${remedy}`,
  );
}
