// What was asked and what was answered, as one line. Nothing that differs from run to run is in it.
import { isRefused, type Refused } from "../../../lib/testing/simulation/calls.ts";
import type { Names } from "./names.ts";

/** Left out: the same in every line, or not the same twice. */
const UNTOLD = new Set(["maxBytes", "waitMs", "timestamp", "headers", "isTransactional", "isolation"]);
const PRODUCERS = new Set(["producerId"]);
const MEMBERS = new Set(["member", "leader"]);
const LONGEST_VALUE = 40;

/** `api, what was asked → what was answered`. */
export function tell(api: string, ask: object, answer: object | Refused, names: Names): string {
  const says = isRefused(answer) ? answer.refused : show(answer, "", names);
  return `${api} ${show(ask, "", names)} → ${says === "" ? "done" : says}`;
}

function show(value: unknown, field: string, names: Names): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "bigint") return PRODUCERS.has(field) ? names.producer(value) : String(value);
  if (typeof value === "string") return MEMBERS.has(field) ? names.member(value) : value;
  if (value instanceof Uint8Array) return abbreviated(Buffer.from(value).toString());
  // Members come in the order of a hash table.
  if (Array.isArray(value)) {
    const shown = value.map((each) => show(each, "", names));
    return `[${(field === "members" ? shown.sort() : shown).join(" ")}]`;
  }
  if (typeof value === "object") return showObject(value, field, names);
  return String(value);
}

function showObject(value: object, field: string, names: Names): string {
  if ("value" in value) return showRecord(value as ShownRecord, names);
  if ("topic" in value && "partition" in value) {
    const { topic, partition, ...rest } = value;
    return [`${topic}/${partition}`, ...fields(rest, names)].join(" ");
  }
  const shown = fields(value, names).join(" ");
  return field === "" ? shown : `(${shown})`;
}

function fields(value: object, names: Names): readonly string[] {
  return Object.entries(value)
    .filter(([field]) => !UNTOLD.has(field))
    .map(([field, each]) => `${field}=${show(each, field, names)}`);
}

type ShownRecord = {
  readonly offset?: bigint;
  readonly kind?: "data" | "commit" | "abort";
  readonly producerId?: bigint | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
};

/** `7:key=value`, or `8:commit(P0)`. */
function showRecord({ offset, kind = "data", producerId, key, value }: ShownRecord, names: Names): string {
  const at = offset === undefined ? "" : `${offset}:`;
  if (kind !== "data") return `${at}${kind}(${show(producerId, "producerId", names)})`;
  return `${at}${key === null ? "" : `${show(key, "", names)}=`}${show(value, "", names)}`;
}

function abbreviated(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, 3)}…(${text.length})`;
}
