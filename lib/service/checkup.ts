// What can be tried of a service without knowing what it is for: its laws.

import { ConfigError } from "../core/errors.ts";
import type { CheckResult, CheckupOptions } from "../testing/check-result.ts";
import { holds } from "../testing/checkup-laws.ts";
import type { Law } from "../testing/laws.ts";
import type { ServiceDefinition } from "./definition.ts";
import { serviceLaws } from "./service-laws.ts";

/** Checks a service; ends early, between two breaths, if it is told to stop. @throws {PatternError} if a pattern does not compile */
export async function* checkupOfService(
  service: ServiceDefinition,
  options: CheckupOptions,
): AsyncGenerator<CheckResult, void, undefined> {
  const made = lawsOf(service, options);
  if (made instanceof ConfigError) {
    yield { check: "law", verdict: "unknown", text: "no stream could be made for it", details: [made.message] };
    return;
  }
  for (const law of made) {
    await options.breathe();
    const result = options.signal.aborted ? null : await holds(law, options);
    if (result === null) return;
    yield result;
  }
}

function lawsOf(service: ServiceDefinition, { events }: CheckupOptions): readonly Law[] | ConfigError {
  const makings =
    events.length === 0 ? {} : Object.fromEntries(service.inputs.map(({ name }) => [name, { event: events }]));
  try {
    return serviceLaws(service, makings);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
