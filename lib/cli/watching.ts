// How a run is watched from outside: which form its log has, and the pages for metrics and health.

import { hostname } from "node:os";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Log } from "../runtime/ports.ts";
import type { OpenHttp } from "../service/http.ts";
import { createJsonLog, LOG_LEVELS, type LogLevel } from "../service/logging.ts";
import type { Secret } from "../transports/kafka/options.ts";
import { type NoteStyle, type Notes, notesOn } from "./notes.ts";
import type { Screen } from "./screen.ts";

/** The options for it, as they were written; `null`: not said. */
export type WatchOptions = {
  readonly log: string | null;
  readonly logLevel: string | null;
  readonly httpPort: string | null;
  readonly httpHost: string | null;
  readonly httpTokenFile: string | null;
};

/** `text` for people, `json` for whatever collects logs. */
export type LogFormat = "json" | "text";

const LOG_FORMATS: readonly LogFormat[] = ["json", "text"];

/**
 * The form of the log: as `--log` says; else JSON for a run on Kafka whose standard error is no terminal, since then it is a
 * service somewhere, and text for all others.
 *
 * @throws {ConfigError} `BAD_LOG`
 */
export function logFormatOf({ log }: WatchOptions, onKafka: boolean, isTerminal: boolean): LogFormat {
  return log === null ? (onKafka && !isTerminal ? "json" : "text") : wordOf("--log", log, LOG_FORMATS);
}

/** The log of a run, in that form. @throws {ConfigError} `BAD_LOG` */
export async function openNotes(
  screen: Screen,
  { logLevel, ...style }: NoteStyle & Pick<WatchOptions, "logLevel">,
  app: string,
  format: LogFormat,
): Promise<Notes> {
  const level = logLevel === null ? null : wordOf("--log-level", logLevel, LOG_LEVELS);
  if (format === "text") return notesOn(screen, style, level);
  const usual: LogLevel = style.verbose ? "debug" : style.quiet ? "error" : "info";
  const write = (line: string): void => screen.note(line.trimEnd());
  const log = await createJsonLog({ app, instance: `${hostname()}:${process.pid}`, level: level ?? usual, write });
  return (at, message, fields) => log(at === "notice" ? "info" : at, message, fields);
}

/**
 * The pages for metrics and health, if a port was given, with `--http-port` or in the environment. Nothing is watched yet.
 *
 * @throws {ConfigError} `BAD_PORT`, `NO_HTTP`, and what `serveHttp` throws.
 */
export async function openPages(options: WatchOptions, app: string, notes: Notes): Promise<OpenHttp | null> {
  const port = options.httpPort ?? fromEnvironment("SEQUITUR_HTTP_PORT");
  const host = options.httpHost ?? fromEnvironment("SEQUITUR_HTTP_HOST") ?? "127.0.0.1";
  if (port === null) {
    if (options.httpHost === null && options.httpTokenFile === null) return null;
    const given = options.httpHost === null ? "--http-token-file" : "--http-host";
    throw new ConfigError(
      "NO_HTTP",
      `${given} says how metrics are served, but not that they are: add --http-port 9464.`,
    );
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    const message = `the port for metrics is "${port}": give a whole number from 1 to 65535, or 0 for any that is free.`;
    throw new ConfigError("BAD_PORT", message);
  }
  const { openHttp } = await import("../service/http.ts"); // other runs need not load it
  // Where they are is asked for, so it is said even to those who asked for no log.
  const log: Log = (level, ...line) => notes(level === "info" ? "notice" : level, ...line);
  return openHttp({ app, host, port: Number(port), log, ...tokenOf(options) });
}

function tokenOf({ httpTokenFile }: WatchOptions): { readonly token?: Secret } {
  if (httpTokenFile !== null) return { token: { file: httpTokenFile } };
  return fromEnvironment("SEQUITUR_HTTP_TOKEN") === null ? {} : { token: { env: "SEQUITUR_HTTP_TOKEN" } };
}

/** An empty variable is as good as none. */
function fromEnvironment(name: string): string | null {
  return process.env[name] || null;
}

function wordOf<T extends string>(option: string, given: string, words: readonly T[]): T {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  const near = nearest(given, words);
  const meant = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new ConfigError("BAD_LOG", `${option} ${given}: there are ${words.join(", ")}.${meant}`);
}
