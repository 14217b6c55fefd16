// The laws of a service, from its definition.

import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { type Law, lawOf } from "../testing/laws.ts";
import type { Served, ServedMaking } from "../testing/served.ts";
import { serviceRules } from "../testing/service-rules.ts";
import type { ServiceDefinition } from "./definition.ts";
import { drivenOf } from "./driver.ts";

/**
 * The laws that a service has to keep, whatever comes: no stream makes it fail; whenever its process ends, the same is written; how
 * many partitions its inputs have makes no difference; nor do broken records. Each is a test for any test runner, on streams made
 * from the patterns of the service for each of its inputs. Cost of each: a hundred streams, each driven twice; some seconds.
 *
 * `makings`: by topic, what events are made of and how they are written, where patterns, `key`, `time` and `schema` do not say enough.
 *
 * @throws {PatternError} with all problems of a pattern. {ConfigError} as `eventsFor`; `ENCODE_NOT_GIVEN` for an input with a `decode`;
 *   `MISSING_TOPIC` for a name in `makings` that is no input.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { service, topic } from "sequitur/service";
 * import { serviceLaws } from "sequitur/testing";
 *
 * type Login = { type: "failed" | "ok"; user: string; at: number };
 * const guessed = pattern<Login>("guessed")
 *   .begin("tries").on("failed").times(2)
 *   .followedBy("success").on("ok")
 *   .within("1m");
 * const logins = topic<Login>("logins", { key: (e) => e.user, time: (e) => e.at, outOfOrderness: "5s" });
 *
 * for (const { name, check } of serviceLaws(service({ app: "security", inputs: [logins], patterns: [guessed] }))) {
 *   // test(name, () => check());
 *   check({ runs: 5 });
 * }
 */
export function serviceLaws(
  service: ServiceDefinition,
  makings: Readonly<Record<string, ServedMaking>> = {},
): readonly Law[] {
  const served = servedOf(service);
  for (const topic of Object.keys(makings)) demandInput(service, topic);
  return serviceRules(served, makings).map((rule) => lawOf(service.app, rule));
}

function servedOf(service: ServiceDefinition): Served {
  return {
    driven: drivenOf(service),
    patterns: service.patterns.map(({ pattern }) => pattern),
    inputs: service.inputs.map(({ name, reading, schema, decode, outOfOrdernessMs, onBadRecord }) => ({
      topic: name,
      reading,
      schema,
      decodes: decode !== null,
      outOfOrdernessMs,
      failsOnBadRecord: onBadRecord === "fail",
    })),
  };
}

function demandInput({ inputs }: ServiceDefinition, topic: string): void {
  const names = inputs.map(({ name }) => name);
  if (names.includes(topic)) return;
  const near = nearest(topic, names);
  const remedy = near ? `Did you mean "${near}"?` : `It reads ${names.map((name) => `"${name}"`).join(", ")}.`;
  throw new ConfigError(
    "MISSING_TOPIC",
    `The service has no input "${topic}", for which events were to be made. ${remedy}`,
  );
}
