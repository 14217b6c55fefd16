// The files of a new project. They are a complete example: a pattern, laws that hold for it, events, a service.

/** What the files depend on. */
export type TemplateValues = {
  /** Name of the project, as npm allows it. */
  readonly name: string;
  /** Version or `file:` path of this package. */
  readonly sequitur: string;
  /** Exact version of a development dependency. */
  readonly versionOf: (dependency: string) => string;
};

export type TemplateFile = { readonly path: string; readonly content: string };

/** All files, in the order a person would read them. */
export function templateFiles(values: TemplateValues): readonly TemplateFile[] {
  return [
    { path: "README.md", content: readme(values) },
    { path: "package.json", content: `${JSON.stringify(packageJson(values), null, 2)}\n` },
    { path: "tsconfig.json", content: `${JSON.stringify(TSCONFIG, null, 2)}\n` },
    { path: ".gitignore", content: GITIGNORE },
    { path: "pattern.ts", content: PATTERN_TS },
    { path: "pattern.test.ts", content: PATTERN_TEST_TS },
    { path: "events.ts", content: EVENTS_TS },
    { path: "service.ts", content: SERVICE_TS },
  ];
}

function packageJson({ name, sequitur, versionOf }: TemplateValues): object {
  const exact = (...dependencies: readonly string[]): object =>
    Object.fromEntries(dependencies.map((one) => [one, versionOf(one)]));
  return {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    engines: { node: ">=20.19" },
    scripts: {
      start: "sequitur run service.ts",
      check: "sequitur check service.ts",
      test: "tsc && node --import tsx --test pattern.test.ts",
    },
    dependencies: { sequitur },
    devDependencies: exact("@types/node", "fast-check", "tsx", "typescript"),
  };
}

const TSCONFIG: object = {
  compilerOptions: {
    noEmit: true,
    target: "es2023",
    lib: ["es2023"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ["*.ts"],
};

const GITIGNORE = `node_modules/
.sequitur-*.mjs
*.log
`;

const PATTERN_TS = `// Three failed logins, then one that succeeds, all within five minutes: somebody may have guessed the password.

import { pattern } from "sequitur";

export type LoginEvent =
  | { type: "failed"; user: string; from: string; at: number }
  | { type: "succeeded"; user: string; from: string; at: number };

export const guessedPassword = pattern<LoginEvent>("guessed-password")
  .begin("failure")
  .on("failed")
  .times(3)
  .followedBy("success")
  .on("succeeded")
  .within("5m")
  .skip("pastLast")
  .select((match) => ({ user: match.success.user, from: match.success.from, failures: match.failure.length }));
`;

const PATTERN_TEST_TS = `import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchAll } from "sequitur";
import { eventsFor } from "sequitur/testing";
import { guessedPassword, type LoginEvent } from "./pattern.ts";

const MINUTE = 60_000;

function login(type: LoginEvent["type"], at: number, user = "ada"): LoginEvent {
  return { type, user, from: "192.0.2.7", at };
}

function alertsOf(events: readonly LoginEvent[]) {
  return [...matchAll(guessedPassword, events, { key: (e) => e.user, time: (e) => e.at })].map((match) => match.value);
}

test("three failures and a success within five minutes are an alert", () => {
  const events = [login("failed", 0), login("failed", 1), login("failed", 2), login("succeeded", 3)];
  assert.deepEqual(alertsOf(events), [{ user: "ada", from: "192.0.2.7", failures: 3 }]);
});

test("a success after five minutes is none: the window is half-open", () => {
  const before = [login("failed", 0), login("failed", 1), login("failed", 2)];
  assert.equal(alertsOf([...before, login("succeeded", 5 * MINUTE - 1)]).length, 1);
  assert.equal(alertsOf([...before, login("succeeded", 5 * MINUTE)]).length, 0);
});

test("the failures of one user and the success of another are none", () => {
  const events = [login("failed", 0), login("failed", 1), login("failed", 2), login("succeeded", 3, "grace")];
  assert.deepEqual(alertsOf(events), []);
});

// Laws hold for every stream. These are made from the pattern, so that many match, and many nearly do; if one breaks a law,
// fast-check makes it small and shows it.
const streams = eventsFor(guessedPassword, { key: (e) => e.user, time: (e) => e.at }).any;

test("users do not matter to each other: together they raise the alerts they raise alone", () => {
  fc.assert(
    fc.property(streams, (events) => {
      const users = [...new Set(events.map((event) => event.user))];
      const alone = users.flatMap((user) => alertsOf(events.filter((event) => event.user === user)));
      assert.equal(alertsOf(events).length, alone.length);
    }),
  );
});

test("no alert without three failures before it", () => {
  fc.assert(
    fc.property(streams, (events) => {
      const failures = events.filter((event) => event.type === "failed").length;
      assert.ok(alertsOf(events).length * 3 <= failures);
    }),
  );
});
`;

const EVENTS_TS = `// Makes up logins: most people get in at once or after a slip, and now and then somebody tries again and again.

import type { LoginEvent } from "./pattern.ts";

const USERS = ["ada", "alan", "barbara", "dennis", "donald", "edsger", "grace", "ken", "linus", "margaret"];

/** Logins without end, the first at \`at\`, a second or so apart. The same \`seed\` gives the same logins. */
export function* logins(at: number, seed = 1): Generator<LoginEvent> {
  const random = numbersFrom(seed);
  for (;;) {
    const user = USERS[Math.floor(random() * USERS.length)] ?? "ada";
    const from = \`192.0.2.\${Math.floor(random() * 250) + 1}\`;
    const failures = random() < 0.1 ? 3 : random() < 0.2 ? 1 : 0;
    for (let failure = 0; failure < failures; failure += 1) {
      at += Math.floor(random() * 2_000);
      yield { type: "failed", user, from, at };
    }
    at += Math.floor(random() * 2_000);
    yield { type: "succeeded", user, from, at };
  }
}

/** A small generator of numbers from 0 to 1 (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
`;

const SERVICE_TS = `import { setTimeout as sleep } from "node:timers/promises";
import { type Feed, service, topic } from "sequitur/service";
import { logins } from "./events.ts";
import { guessedPassword, type LoginEvent } from "./pattern.ts";

export default service({
  app: "logins",
  inputs: [topic<LoginEvent>("logins", { key: (e) => e.user, time: (e) => e.at, outOfOrderness: "2s" })],
  patterns: [guessedPassword],
  alerts: topic("login-alerts"),
});

/** Demo events for "sequitur run" without --input: those of the last hour, twenty a second, then each as it happens, until Ctrl-C. */
export const feed: Feed = async (log, { signal }) => {
  for (const login of logins(Date.now() - 3_600_000)) {
    await sleep(Math.max(50, login.at - Date.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    log.append("logins", { key: login.user, value: login, timestamp: login.at });
  }
};
`;

function readme({ name }: TemplateValues): string {
  return `# ${name}

Finds patterns in streams of events with sequitur.

\`\`\`
npm install
npm test         # types, examples and laws
npm start        # runs on made-up logins and prints alerts, until Ctrl-C
\`\`\`

| file | what is in it |
|---|---|
| \`pattern.ts\` | the events, and the pattern to look for |
| \`pattern.test.ts\` | examples, and laws that hold for every stream |
| \`events.ts\` | made-up logins |
| \`service.ts\` | where events come from, which patterns they are matched against, where alerts go |

Run it on events of your own, one JSON object a line: \`npx sequitur run service.ts --input events.ndjson\`,
or on Kafka: \`npx sequitur run service.ts --brokers localhost:9092\`.
See what the pattern means: \`npx sequitur explain service.ts\`. Look for mistakes: \`npm run check\`.
Try what can be tried of it, and see what its tests overlook: \`npx sequitur test service.ts\`.
`;
}
