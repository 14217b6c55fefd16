// What is loaded before a command knows what to do: all of that, every command waits for.

import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const it = suite("what commands load as they start");

const STATIC = /^(?:import|export)\s+(?!type\b)(?:[^;"]*?\sfrom\s+)?"([^"]+)"/gm;

/** The files and packages that `url` brings with it at once; types and what is imported later are not among them. */
function loadedBy(url: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(url.href) || !existsSync(url)) return seen; // the template of a project has imports, too, in a text
  seen.add(url.href);
  for (const [, specifier = ""] of readFileSync(url, "utf8").matchAll(STATIC)) {
    if (specifier.startsWith(".")) loadedBy(new URL(specifier, url), seen);
    else seen.add(specifier);
  }
  return seen;
}

const isHeavy = (name: string): boolean =>
  /^(kafkajs|pino|prom-client)$|\/transports\/kafka\/(index|kafkajs|private-copy|patches|group|source|sink)\.ts$/.test(
    name,
  );

it("no client of Kafka, no logger, no registry of metrics", () => {
  const loaded = [...loadedBy(new URL("../../lib/cli/main.ts", import.meta.url))];
  assert.ok(loaded.some((name) => name.endsWith("/lib/cli/run-kafka.ts")));
  assert.ok(loaded.includes("cac") && loaded.includes("esbuild"));
  assert.equal(loaded.filter(isHeavy), []);
});

it("a run on Kafka does load them, later", () => {
  const entry = new URL("../../lib/transports/kafka/index.ts", import.meta.url);
  assert.ok([...loadedBy(entry)].filter(isHeavy).length >= 5);
});

it.run();
