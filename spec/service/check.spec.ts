// Warnings about services that can run: each is provoked, and what is fine gives none.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { checkService } from "../../lib/service/check.ts";
import { service } from "../../lib/service/define.ts";
import { type ServiceDefinition, topic } from "../../lib/service/definition.ts";

const it = suite("check");

type E = { readonly type: "a" | "b"; readonly k: string; readonly t: number };

const read = { key: "record", time: "record" } as const;
const bounded = pattern<E>("bounded").begin("x").on("a").followedBy("y").on("b").within("1m");
const unbounded = pattern<E>("unbounded").begin("x").on("a").followedBy("y").on("b");
const silence = pattern<E>("silence").begin("x").on("a").notFollowedBy("y").on("b").within("1m");

const codes = (definition: ServiceDefinition): readonly string[] =>
  checkService(definition).map(({ code, severity, path }) => `${severity} ${code} ${path.join()}`);

it("says nothing of what is fine", () => {
  const inputs = [topic<E>("in", { ...read, outOfOrderness: "1m" })] as const;
  assert.equal(
    codes(service({ app: "s", inputs, patterns: [bounded, silence, { pattern: bounded2(), timedOut: {} }] })),
    [],
  );
});

function bounded2(): typeof bounded {
  return pattern<E>("bounded2").begin("x").on("a").followedBy("y").on("b").within("1m");
}

it("warns where nothing can time out", () => {
  const inputs = [topic<E>("in", read)] as const;
  const patterns = [{ pattern: unbounded, timedOut: { report: "all" } }] as const;
  assert.equal(codes(service({ app: "s", inputs, patterns })), ["warning NOTHING_TIMES_OUT unbounded"]);
});

it("warns where deadlines are held", () => {
  const inputs = [topic<E>("in", read)] as const;
  assert.equal(codes(service({ app: "s", inputs, patterns: [bounded, silence], whenAllIdle: "hold" })), [
    "warning DEADLINES_HELD silence",
  ]);
});

it("warns where there is nothing to validate with", () => {
  const inputs = [topic<E>("in", { ...read, validate: "concerned" })] as const;
  assert.equal(codes(service({ app: "s", inputs, patterns: [bounded] })), ["warning NO_SCHEMA_TO_VALIDATE in"]);
});

it("warns where events wait longer than matches last", () => {
  const inputs = [topic<E>("in", { ...read, outOfOrderness: "2m" })] as const;
  assert.equal(codes(service({ app: "s", inputs, patterns: [bounded, unbounded] })), [
    "warning DISORDER_EXCEEDS_WINDOW bounded",
  ]);
  assert.match(
    checkService(service({ app: "s", inputs, patterns: [bounded] }))[0]?.message ?? "",
    /less than 1m, but every event waits 2m/,
  );
});

it.run();
