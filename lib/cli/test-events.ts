// Events of a file, for streams to be made of.

import { ConfigError } from "../core/errors.ts";
import { openInput, readFailed } from "../transports/ndjson/input.ts";
import { createLineSplitter, type Line } from "../transports/ndjson/lines.ts";

/** So many events of a file are used, the first of them. */
const MAX_EVENTS = 400;
const MAX_LINE_BYTES = 1_048_576;

/**
 * Events of a file of JSON lines, plain or gzip; lines that are none are left out.
 *
 * @throws {ConfigError} `NO_EVENTS`, `INPUT_NOT_FOUND`, `INPUT_NOT_READABLE`, `INPUT_IS_FOLDER`
 * @throws {TransportError} `READ_FAILED`
 */
export async function eventsIn(topic: string, path: string): Promise<readonly object[]> {
  const input = await openInput({ topic, path }, process.stdin);
  const splitter = createLineSplitter(MAX_LINE_BYTES);
  const events: object[] = [];
  const take = (lines: readonly Line[]): void => {
    for (const line of lines) events.push(...eventOf(line));
  };
  try {
    for await (const chunk of input.chunks()) {
      take(splitter.push(chunk));
      if (events.length >= MAX_EVENTS) break;
    }
    take(splitter.finish());
  } catch (error) {
    throw readFailed(path, events.length, error as NodeJS.ErrnoException);
  } finally {
    input.close();
  }
  if (events.length === 0) {
    const message = `${path} holds no events: give a file with one JSON object a line, such as sequitur run --input reads.`;
    throw new ConfigError("NO_EVENTS", message);
  }
  return events.slice(0, MAX_EVENTS);
}

function eventOf({ bytes, lengthBytes }: Line): readonly object[] {
  if (lengthBytes > bytes.length) return [];
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? [value] : [];
  } catch {
    return [];
  }
}
