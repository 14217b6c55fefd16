// Settings from the environment.

import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";

/**
 * The value of an environment variable. An empty one counts as not set.
 *
 * @throws {ConfigError} `MISSING_ENV` if it is not set and there is no `otherwise`. The message never holds values.
 *
 * @example
 * import { env } from "sequitur/service";
 *
 * env("ALERT_TOPIC", "card-alerts"); // => "card-alerts"
 */
export function env(name: string, otherwise?: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== "") return value;
  if (otherwise !== undefined) return otherwise;
  const near = nearest(name, Object.keys(process.env));
  const meant = near === undefined ? "" : ` ${near} is set: is that the one?`;
  const state = value === "" ? "is empty" : "is not set";
  throw new ConfigError(
    "MISSING_ENV",
    `The environment variable ${name} ${state}.${meant} Set it, for example: ${name}=… sequitur run service.ts`,
  );
}
