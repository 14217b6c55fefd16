// What makes saved state that of a service.

import { fingerprintOf } from "../pattern/fingerprint.ts";
import type { OldForms, ServiceIdentity } from "../runtime/shard/context.ts";
import type { ServiceDefinition } from "./definition.ts";
import { formOf, functionsOf } from "./pattern-form.ts";

/** The part of it that the service file decides; the cluster decides the rest. */
export function identityOf(service: ServiceDefinition): Pick<ServiceIdentity, "app" | "release" | "patterns"> {
  const { app, patterns, release } = service;
  const known = patterns.map((entry) => {
    const { name, version, ast } = entry.pattern;
    const functions = functionsOf(entry.pattern);
    const isData = functions.length === 0;
    return {
      ...{ name, version, fingerprint: fingerprintOf(ast) },
      ...(isData ? {} : { functions }),
      form: isData ? formOf(entry, service) : null,
    };
  });
  return { app, release, patterns: known };
}

/** What is to become of the runs of a pattern that it has changed or left out. */
export function choiceOf({ changedPatterns }: Pick<ServiceDefinition, "changedPatterns">): OldForms["choice"] {
  return (pattern) => changedPatterns.named.get(pattern) ?? changedPatterns.others;
}
