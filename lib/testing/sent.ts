// What a service has sent, read back.

import type { Emission } from "../runtime/alert.ts";
import type { SentRecord } from "./driver-types.ts";

const utf8 = new TextDecoder();

/** A record on its way out as people read it. */
export function toSent({ kind, record }: Emission): SentRecord {
  const { topic, key, value, headers, timestamp } = record;
  const text = utf8.decode(value);
  return {
    kind,
    topic,
    key: key === null ? null : utf8.decode(key),
    value: parsed(text),
    headers: Object.fromEntries(headers),
    timestamp,
  };
}

/** Copies of broken records need not be JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
