// Writes lines to a file or to standard output, in order, and says when they are written.

import { open } from "node:fs/promises";
import type { Writable } from "node:stream";
import { ConfigError, TransportError } from "../../core/errors.ts";

/** Where lines go. */
export interface Output {
  readonly path: string;
  /** Resolves when `bytes` have left the process. @throws {TransportError} `WRITE_FAILED`, `OUTPUT_CLOSED` */
  write(bytes: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file for writing, emptying it, or standard output for `-`.
 *
 * @throws {ConfigError} `OUTPUT_NOT_WRITABLE`, `OUTPUT_IS_PACKED`
 */
export async function openOutput(path: string, stdout: Writable = process.stdout): Promise<Output> {
  if (path === "-") return outputTo(stdout);
  if (path.endsWith(".gz")) {
    throw new ConfigError(
      "OUTPUT_IS_PACKED",
      `${path} would be written as plain text: give a name without .gz, or write to "-" and pipe into gzip.`,
    );
  }
  const handle = await open(path, "w").catch((error: Error) => {
    const message = `${path} cannot be written: ${error.message}. Give a file in a folder that exists and that this user may write.`;
    throw new ConfigError("OUTPUT_NOT_WRITABLE", message, { cause: error });
  });
  return {
    path,
    write: async (bytes) => {
      await handle.appendFile(bytes).catch((error: NodeJS.ErrnoException) => {
        throw writeFailed(path, error);
      });
    },
    close: () => handle.close(),
  };
}

function outputTo(stream: Writable): Output {
  const path = "standard output";
  let failure: NodeJS.ErrnoException | null = null;
  // A pipe that was closed by its reader also emits "error", which would end the process if nobody listened.
  stream.on("error", (error) => {
    failure = error;
  });
  return {
    path,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(writeFailed(path, failure));
        stream.write(bytes, (error) => (error ? reject(writeFailed(path, error)) : resolve()));
      }),
    close: async () => {},
  };
}

function writeFailed(path: string, error: NodeJS.ErrnoException): TransportError {
  const options = { cause: error, retriable: false };
  if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") {
    return new TransportError(
      "OUTPUT_CLOSED",
      `${path} was closed by its reader, so nothing more can be written there.`,
      options,
    );
  }
  return new TransportError(
    "WRITE_FAILED",
    `writing to ${path} failed: ${error.message}. Check the disk and run again.`,
    options,
  );
}
