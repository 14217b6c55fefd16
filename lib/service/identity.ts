// What makes saved state that of a service.

import { fingerprintOf } from "../pattern/fingerprint.ts";
import type { ServiceIdentity } from "../runtime/shard/context.ts";
import type { ServiceDefinition } from "./definition.ts";

/** The part of it that the service file decides; the cluster decides the rest. */
export function identityOf({
  app,
  patterns,
  release,
}: ServiceDefinition): Pick<ServiceIdentity, "app" | "release" | "patterns"> {
  const saved = patterns.map(({ pattern: { name, version, ast } }) => ({
    name,
    version,
    fingerprint: fingerprintOf(ast),
  }));
  return { app, release, patterns: saved };
}
