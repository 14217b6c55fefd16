// What is said on the side while a service runs: its log, and what the command itself has to say.

import { saidBy } from "../event/bad-record.ts";
import type { Log } from "../runtime/ports.ts";
import { LOG_LEVELS, type LogLevel } from "../service/logging.ts";
import type { Screen } from "./screen.ts";

export type NoteStyle = { readonly verbose: boolean; readonly quiet: boolean; readonly json: boolean };

/** A log that knows one more level: `notice`, what the person at the keyboard should know. */
export type Notes = (
  level: Parameters<Log>[0] | "notice",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** Lets through what somebody wants to read, or everything from `least` on; with `json` as lines of JSON, as scripts read them. */
export function notesOn(screen: Screen, { verbose, quiet, json }: NoteStyle, least: LogLevel | null = null): Notes {
  const isWanted = (level: Parameters<Notes>[0], fields: object): boolean => {
    if (verbose) return true;
    if (least !== null) return level === "notice" || LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
    if (quiet || "writtenTo" in fields) return false; // dead letters are told at the end, with their places
    return level === "warn" || level === "notice"; // errors end the run and are told then
  };
  return (level, message, fields = {}) => {
    if (!isWanted(level, fields)) return;
    screen.note(json ? toJson({ log: { level, message, ...fields } }) : toText(level, message, fields));
  };
}

function toText(level: Parameters<Notes>[0], message: string, fields: Readonly<Record<string, unknown>>): string {
  const more = Object.entries(fields).map(([name, value]) => ` ${name}=${toJson(value)}`);
  return `${level === "notice" ? "" : `${level}: `}${message}${more.join("")}`;
}

/** JSON in which bigints are text, and errors what they say. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === "bigint" ? String(each) : each instanceof Error ? saidBy(each) : each,
  );
}
