// An option that holds a secret, or says where it stands. No message shows what was given: it may be the secret.

import type { HiddenSecret } from "../transports/kafka/options.ts";
import { hideSecret } from "../transports/kafka/secrets.ts";
import { isRecord, type Notes, type Options } from "./options.ts";

export type SecretForm = {
  /** A text in PEM: a key or certificates. */
  readonly isPem?: boolean;
  readonly isNeeded?: boolean;
};

/** The secret that option `name` holds or names; `null` if there is none. */
export function secretOption(options: Options, name: string, notes: Notes, form: SecretForm = {}): HiddenSecret | null {
  const value = options.raw(name);
  if (value === undefined && form.isNeeded !== true) return null;
  const problem = problemOf(value, form);
  if (problem === null) return hideSecret(value as Parameters<typeof hideSecret>[0]);
  const text = form.isPem === true ? 'a text in PEM, such as "-----BEGIN CERTIFICATE-----…"' : "the text itself";
  const remedy = `Write { file: "/run/secrets/${name}" }, { env: "KAFKA_${name.toUpperCase()}" }, or ${text}.`;
  notes.add("BAD_OPTION", [...options.path, name], `It is ${problem}.`, remedy);
  return null;
}

function problemOf(value: unknown, { isPem }: SecretForm): string | null {
  if (typeof value === "string") {
    if (value.trim() === "") return "empty";
    return isPem === true && !value.includes("-----BEGIN ") ? "a text that is not in PEM" : null;
  }
  if (!isRecord(value)) return value === undefined ? "missing" : "neither a text nor an object with env or file";
  const [first, second] = Object.entries(value);
  if (second !== undefined) return "an object that has more than one of env and file, or something else";
  const [place, where] = first ?? [];
  if (place !== "env" && place !== "file") return "an object that has neither env nor file";
  return typeof where === "string" && where !== "" ? null : `an object whose ${place} is not a name`;
}
