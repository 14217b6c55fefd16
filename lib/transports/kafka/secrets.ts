// Secrets, and how they stay secret. In a definition a secret is a thing that does not show itself; its value is read when
// a connection is made, and again at the next one, so that a password or certificate can be replaced while a service runs.
//
//     option ──hideSecret──▶ HiddenSecret ──secretReader──▶ value ──▶ the connection
//                                                             └──▶ withoutSecrets: cut out of all texts of others

import { readFileSync } from "node:fs";
import { ConfigError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import type { HiddenSecret, Secret } from "./options.ts";

/** Variables of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** `secret`, as something that may be printed. */
export function hideSecret(secret: Secret): HiddenSecret {
  const place = placeOf(secret);
  const shown = (): string => (typeof secret === "string" ? "[secret]" : `[secret: ${place}]`);
  const hidden = { place, reveal: () => secret, toString: shown, toJSON: shown, [INSPECT]: shown };
  return Object.freeze(hidden);
}

function placeOf(secret: Secret): string {
  if (typeof secret === "string") return "the service file";
  return "env" in secret ? `the environment variable ${secret.env}` : `the file "${secret.file}"`;
}

/**
 * The value of a secret as it stands now. Of a file without the newline that most editors leave at its end.
 *
 * @param what names it in the message, such as `the password of SASL`.
 * @throws {ConfigError} `MISSING_SECRET`, naming the variable or the file, never a value.
 */
export function readSecret(secret: HiddenSecret, what: string, env: Environment): string {
  const given = secret.reveal();
  const value = typeof given === "string" ? given : "env" in given ? env[given.env] : textOf(given.file, what);
  if (value !== undefined && value !== "") return remembered(value);
  const isFile = typeof given === "object" && "file" in given;
  const remedy = isFile ? "Write it there." : "Set it for this process.";
  const problem = value === "" ? "is empty" : "is not set";
  throw new ConfigError("MISSING_SECRET", `${capital(secret.place)} should hold ${what} and ${problem}. ${remedy}`);
}

function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const problem = FILE_PROBLEMS.get(code) ?? `cannot be read (${code})`;
    throw new ConfigError(
      "MISSING_SECRET",
      `The file "${file}" should hold ${what} and ${problem}. Relative names start from ${process.cwd()}.`,
      { cause: error },
    );
  }
}

const FILE_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "does not exist"],
  ["EACCES", "may not be read by this process"],
  ["EISDIR", "is a folder"],
]);

/**
 * Reads a secret again and again. Once it could be read, a failure is a warning and the last value stays: while a file is
 * being replaced it may be gone for a moment.
 */
export function secretReader(secret: HiddenSecret, what: string, env: Environment, log: Log): () => string {
  let last: string | null = null;
  return () => {
    try {
      last = readSecret(secret, what, env);
    } catch (error) {
      if (last === null) throw error;
      log("warn", `${(error as Error).message} The value read before is used.`);
    }
    return last;
  };
}

/** Values that were read, the newest last; tokens end and are replaced, so the oldest are forgotten. */
const values = new Set<string>();
const MAX_VALUES = 64;
/** Shorter ones would cut up texts that have nothing to do with them. */
const MIN_CUT_LENGTH = 6;

/** Remembers that `value` is secret, and returns it. */
export function remembered(value: string): string {
  values.delete(value);
  values.add(value);
  const [oldest] = values;
  if (values.size > MAX_VALUES && oldest !== undefined) values.delete(oldest);
  return value;
}

/** `text`, which others wrote, with every secret of this process cut out. */
export function withoutSecrets(text: string): string {
  let safe = text;
  for (const value of values) if (value.length >= MIN_CUT_LENGTH) safe = safe.replaceAll(value, "[secret]");
  return safe;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
