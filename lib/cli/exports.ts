// Finds in a user's module what a command works on: the service, the patterns, tests of them, the feed of demo events.

import { ConfigError } from "../core/errors.ts";
import { PATTERN, type Pattern } from "../pattern/pattern.ts";
import { SERVICE, type ServiceDefinition } from "../service/definition.ts";
import { isPatternTest, type PatternTest } from "../testing/pattern-test.ts";
import type { Feed } from "../transports/memory/index.ts";
import type { LoadedModule } from "./load.ts";
import { shortPath } from "./place.ts";

/** The service that a module exports, by default or under any one name; `null` if there is none. @throws {ConfigError} `TWO_SERVICES` */
export function serviceOf(module: LoadedModule): ServiceDefinition | null {
  const byDefault = module.exports.get("default");
  if (isService(byDefault)) return byDefault;
  const found = [...module.exports].filter(([, value]) => isService(value));
  if (found.length > 1) {
    const names = found.map(([name]) => name).join(", ");
    throw new ConfigError(
      "TWO_SERVICES",
      `${shortPath(module.path)} exports ${found.length} services (${names}): export the one to be used by default.`,
    );
  }
  return (found[0]?.[1] as ServiceDefinition | undefined) ?? null;
}

/** The service that a module exports. @throws {ConfigError} `NO_SERVICE`, `TWO_SERVICES` */
export function requireService(module: LoadedModule): ServiceDefinition {
  const found = serviceOf(module);
  if (found) return found;
  const names = [...module.exports.keys()].join(", ") || "nothing";
  const file = shortPath(module.path);
  const message = `${file} exports no service (it exports ${names}). Write "export default service({ app, inputs, patterns })" with service from "sequitur/service".`;
  throw new ConfigError("NO_SERVICE", message);
}

/** The patterns that a module exports and those of its service, each once, in the order of the file. */
export function patternsOf(module: LoadedModule): readonly Pattern[] {
  const exported = [...module.exports.values()].flat().filter(isPattern);
  const served = serviceOf(module)?.patterns.map(({ pattern }) => pattern) ?? [];
  return [...new Set([...served, ...exported])];
}

/** The tests of patterns that a module exports, in the order of the file. */
export function patternTestsOf(module: LoadedModule): readonly PatternTest[] {
  return [...new Set([...module.exports.values()].flat().filter(isPatternTest))];
}

/** The demo events of a module: its export `feed`; `null` if there is none. @throws {ConfigError} `NOT_A_FEED` */
export function feedOf(module: LoadedModule): Feed | null {
  const feed = module.exports.get("feed");
  if (feed === undefined) return null;
  if (typeof feed === "function") return feed as Feed;
  const message = `${shortPath(module.path)} exports "feed" as ${typeof feed}: it must be a function (log, { signal }) that appends demo events with log.append(topic, { key, value }).`;
  throw new ConfigError("NOT_A_FEED", message);
}

function isService(value: unknown): value is ServiceDefinition {
  return typeof value === "object" && value !== null && SERVICE in value;
}

function isPattern(value: unknown): value is Pattern {
  return typeof value === "object" && value !== null && PATTERN in value;
}
