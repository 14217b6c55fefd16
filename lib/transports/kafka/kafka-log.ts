// What kafkajs logs, in our log. It calls errors what it mends by itself, and says the same line for each try; an operator
// should see a line that matters once, with how often it came since. What cannot be mended comes as an error of ours anyway.
//
//     kafkajs    ours
//     ERROR      warn, if no connection or request works; debug, if it belongs to the normal course of a group or transaction
//     WARN       info, or debug
//     INFO, DEBUG    debug

import type { LogEntry } from "kafkajs";
import type { Log } from "../../runtime/ports.ts";
import { createSeldom } from "../../runtime/seldom.ts";
import type { Clock } from "../../time/clock.ts";
import { withAddresses } from "./brokers.ts";
import { withoutSecrets } from "./secrets.ts";

type Level = Parameters<Log>[0];

/** kafkajs' own numbers for its levels. */
const ERROR = 1;
const WARN = 2;

/**
 * The normal course of things, whatever kafkajs calls it. A topic that is missing is made, or comes as an error of ours; of
 * processes that make the same one at once, all but the first hear that it is there.
 */
const NORMAL =
  /rebalanc|re-?join|not aware of this member|generation id is not valid|concurrent operation on the same transaction|not the (?:correct|right) coordinator|coordinator is (?:not available|loading)|not the leader for|does not host this topic|switched default partitioner|limiting retries for the idempotent|resync group|response without match|topic creation errors|crash: |restarting the consumer/i;

/** What may be passed on of the fields of kafkajs; others may hold whole messages. */
const FIELDS: readonly string[] = [
  "broker",
  "groupId",
  "memberId",
  "topic",
  "partition",
  "offset",
  "retryCount",
  "correlationId",
];

/** Takes the lines of kafkajs. Debug lines are not counted: who asks for them wants each. */
export function createKafkaLog(log: Log, clock: Clock): (entry: LogEntry) => void {
  const seldom = createSeldom(clock);
  return ({ namespace, level, log: entry }) => {
    const message = clean(textOf(entry.message));
    const reason = typeof entry["error"] === "string" ? clean(entry["error"]) : "";
    const text = reason === "" ? `kafkajs: ${message}` : `kafkajs: ${message}: ${reason}`;
    const fields = { part: namespace, ...fieldsOf(entry) };
    const ours = levelOf(level, text);
    if (ours === "debug") return log(ours, text, fields);
    const unsaid = seldom(`${ours} ${text} ${String(entry["broker"] ?? "")}`);
    if (unsaid !== null) log(ours, text, unsaid === 0 ? fields : { ...fields, repeated: unsaid });
  };
}

function levelOf(level: number, text: string): Level {
  if (level > WARN || NORMAL.test(text)) return "debug";
  return level === ERROR ? "warn" : "info";
}

function fieldsOf(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = FIELDS.filter((name) => entry[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, plain(entry[name])]));
}

function plain(value: unknown): unknown {
  return typeof value === "number" ? value : clean(String(value));
}

/** kafkajs sometimes logs the error itself as its message. */
function textOf(message: unknown): string {
  return message instanceof Error ? message.message : String(message);
}

function clean(text: string): string {
  return withAddresses(withoutSecrets(text));
}
