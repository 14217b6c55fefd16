// A service keeps its laws, and what breaks one is shown with seed and stream.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SequiturError } from "../../lib/core/errors.ts";
import type { StandardSchema } from "../../lib/event/schema.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { service } from "../../lib/service/define.ts";
import { type InputOptions, topic } from "../../lib/service/definition.ts";
import { serviceLaws } from "../../lib/service/service-laws.ts";
import type { Law } from "../../lib/testing/laws.ts";

const it = suite("laws of a service");

type Login = { type: "failed" | "ok"; user: string; at: number };

const guessed = pattern<Login>("guessed")
  .begin("tries")
  .on("failed")
  .times(2)
  .followedBy("success")
  .on("ok")
  .within("1m");
const quiet = pattern<Login>("quiet").begin("try").on("failed").notFollowedBy("success").on("ok").within("1m");
const byUser = {
  key: (e: { user: never }) => e.user,
  time: (e: { at: never }) => e.at,
} as unknown as InputOptions<Login>;
const security = (options: InputOptions<Login> = byUser, patterns = [guessed, quiet]) =>
  service({ app: "security", inputs: [topic<Login>("logins", options)], patterns });

const textSchema: StandardSchema<Login> = {
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate: (value) =>
      Object.keys(value as object).every((name) => ["type", "user", "at"].includes(name))
        ? { value: value as Login }
        : { issues: [{ message: "has more" }] },
  },
};

it("are kept, wherever key and time stand", () => {
  const forms: readonly InputOptions<Login>[] = [
    byUser,
    { ...byUser, outOfOrderness: "10s" },
    {},
    { time: "arrival" },
    { key: (e) => e.user, onBadRecord: "fail" },
    { schema: textSchema },
  ];
  const names = new Set<string>();
  for (const form of forms) {
    const makings = form.schema ? { logins: { event: [{ type: "ok" }, { type: "failed" }] } } : {};
    for (const law of serviceLaws(security(form), makings)) {
      law.check({ runs: 15, seed: 1 });
      names.add(law.name);
    }
  }
  assert.equal([...names], ["goes on", "dies anywhere", "any number of partitions", "broken records"]);
});

it("are tried on records that a decode of its own reads", () => {
  const decode = (bytes: Uint8Array): Login => JSON.parse(new TextDecoder().decode(bytes).slice(3)) as Login;
  const own = security({ ...byUser, decode });
  assert.throws(
    () => serviceLaws(own),
    (error: SequiturError) => error.code === "ENCODE_NOT_GIVEN" && error.message.includes('"logins"'),
  );
  const laws = serviceLaws(own, { logins: { encode: (event) => `v1 ${JSON.stringify(event)}` } });
  assert.equal(
    laws.map(({ name }) => name),
    ["goes on", "dies anywhere", "any number of partitions"],
  );
  for (const { check } of laws) check({ runs: 10, seed: 1 });
});

class Loaded {
  readonly type = "failed";
  readonly user: string;
  readonly at: number;
  constructor({ user, at }: Login) {
    this.user = user;
    this.at = at;
  }
}

function brokenBy(laws: readonly Law[]): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const { name, check } of laws) {
    try {
      check({ runs: 60, seed: 1 });
    } catch (error) {
      said.set(name, (error as Error).message);
    }
  }
  return said;
}

it("are broken by a limit that fails, and by events that cannot be saved", () => {
  const inputs = [topic<Login>("logins", byUser)] as const;
  const limits = { maxRunsPerKey: 1, onLimit: "fail" } as const;
  const limited = brokenBy(serviceLaws(service({ app: "security", inputs, patterns: [{ pattern: guessed, limits }] })));
  assert.match(
    limited.get("goes on") ?? "",
    /"security" breaks the law "goes on": .*only the service: it fails: .*maxRunsPerKey/s,
  );
  const decode = (bytes: Uint8Array) => new Loaded(JSON.parse(new TextDecoder().decode(bytes)) as Login) as Login;
  const unsaved = brokenBy(serviceLaws(security({ ...byUser, decode }), { logins: { encode: JSON.stringify } }));
  assert.equal([...unsaved.keys()], ["dies anywhere"]);
  assert.match(
    unsaved.get("dies anywhere") ?? "",
    /check\(\{ seed: 1, path: ".*restarted.*only the one that dies: it fails: .*an instance of Loaded/s,
  );
});

it("refuse what is no input", () => {
  assert.throws(
    () => serviceLaws(security(), { login: {} }),
    (error: SequiturError) => error.code === "MISSING_TOPIC" && error.message.includes('Did you mean "logins"?'),
  );
});

it.run();
