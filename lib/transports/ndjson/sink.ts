// Writes records as lines. What is one line of JSON stays as it is; everything else is wrapped, so that nothing that a
// record carries gets lost or breaks the lines.

import type { Writable } from "node:stream";
import { ConfigError } from "../../core/errors.ts";
import type { OutputRecord, Sink } from "../../runtime/ports.ts";
import { type Output, openOutput } from "./output.ts";

/** How a sink of lines is made. */
export type NdjsonSinkOptions = {
  /** The file of each topic, `-` for standard output; topics may share one. Files are emptied first. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Topics whose records are always wrapped: key, time and headers stand beside the value. Default: none. */
  readonly wrapped?: ReadonlySet<string>;
  /** Default: that of the process. */
  readonly stdout?: Writable;
};

/**
 * Makes a sink of lines: one record is one line.
 *
 * @example
 * import { createNdjsonSink } from "sequitur/service";
 *
 * const sink = createNdjsonSink({ outputs: new Map([["card-alerts", "-"]]) });
 * await sink.open(["card-alerts"]);
 * await sink.close();
 */
export function createNdjsonSink({ outputs, wrapped = new Set(), stdout = process.stdout }: NdjsonSinkOptions): Sink {
  const opened = new Map<string, Output>(); // by path
  return {
    open: async (topics) => {
      for (const path of new Set(topics.map((topic) => pathOf(topic, outputs)))) {
        if (!opened.has(path)) opened.set(path, await openOutput(path, stdout));
      }
    },
    send: async (records) => {
      const lines = new Map<Output, Uint8Array[]>();
      for (const record of records) {
        const output = opened.get(pathOf(record.topic, outputs));
        if (!output)
          throw new ConfigError(
            "OUTPUT_NOT_OPEN",
            `topic "${record.topic}" was not opened before records were sent to it: call open first.`,
          );
        lines.set(output, [...(lines.get(output) ?? []), toLine(record, wrapped.has(record.topic))]);
      }
      for (const [output, of] of lines) await output.write(Buffer.concat(of));
    },
    close: async () => {
      for (const output of opened.values()) await output.close();
      opened.clear();
    },
  };
}

const LF = 0x0a;

/** A record as a line with its line break. A value of several lines is put on one if it is JSON, else the record is wrapped. */
export function toLine(record: OutputRecord, wrap: boolean): Uint8Array {
  const inOneLine = wrap ? null : oneLineOf(record.value);
  const line = inOneLine ?? Buffer.from(JSON.stringify(envelopeOf(record)));
  return Buffer.concat([line, Uint8Array.of(LF)]);
}

function oneLineOf(value: Uint8Array): Uint8Array | null {
  const text = textOf(value);
  if (text === null || text === "") return null;
  if (!/[\r\n]/.test(text)) return value;
  try {
    JSON.parse(text);
    return Buffer.from(text.replaceAll(/[\r\n]+/g, " ")); // between tokens: inside JSON strings there are no line breaks
  } catch {
    return null;
  }
}

function envelopeOf({ topic, key, value, headers, timestamp }: OutputRecord): object {
  const text = textOf(value);
  return {
    topic,
    key: key === null ? null : (textOf(key) ?? { base64: Buffer.from(key).toString("base64") }),
    timestamp: new Date(timestamp).toISOString(),
    headers: Object.fromEntries(headers),
    value: text ?? { base64: Buffer.from(value).toString("base64") },
  };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function pathOf(topic: string, outputs: ReadonlyMap<string, string>): string {
  const path = outputs.get(topic);
  if (path !== undefined) return path;
  const known = [...outputs.keys()].map((name) => `"${name}"`).join(", ") || "none";
  throw new ConfigError(
    "MISSING_OUTPUT",
    `there is no output for topic "${topic}" (given: ${known}): name a file for it, or "-" for standard output.`,
  );
}
