// Patterns of earlier releases of a service: as text, and made again from it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError, pattern } from "../../lib/index.ts";
import type { KeyedMatcher } from "../../lib/matching/matcher.ts";
import { checkService } from "../../lib/service/check.ts";
import { compose } from "../../lib/service/compose.ts";
import type { ChangedPatterns } from "../../lib/service/definition.ts";
import { identityOf } from "../../lib/service/identity.ts";
import { service, topic } from "../../lib/service/index.ts";
import { readForm } from "../../lib/service/pattern-form.ts";

const it = suite("service, releases");

type Order = { type: "placed" | "paid" | "sent" | "seen"; order: string; at: number };
const orders = topic<Order>("orders", { key: (e) => e.order, time: (e) => e.at });
const unpaid = pattern<Order>("unpaid").begin("placed").on("placed").notFollowedBy("payment").on("paid").within("1h");
const sent = pattern<Order>("sent").begin("sent").on("sent");

const shop = service({
  app: "shop",
  inputs: [orders],
  patterns: [{ pattern: unpaid, alerts: topic("money"), timedOut: { report: "all" }, limits: { maxRunsPerKey: 7 } }],
});
const later = service({ app: "shop", inputs: [orders], patterns: [sent], release: 2, changedPatterns: "drain" });
const [form] = identityOf(shop).patterns.map((each) => each.form ?? "") as [string];

const at = (type: Order["type"], time: number) => ({
  value: { type, order: "A", at: time },
  at: time,
  origin: { topic: "orders", partition: 0, offset: BigInt(time) },
});

it("a form gives back the pattern, where it writes and how much it may hold", () => {
  const { followsClock, ...entry } = readForm(form);
  const { fingerprint, name } = entry.pattern;
  assert.equal([name, fingerprint, followsClock], ["unpaid", unpaid.fingerprint, true]);
  assert.equal([entry.alerts.name, entry.timedOut.report, entry.limits.maxRunsPerKey], ["money", "all", 7]);
  for (const broken of ["", "{", "null", "{}", form.replace('"limits"', '"limit"'), form.replace('"elements"', '"e"')])
    assert.throws(
      () => readForm(broken),
      (error: unknown) => error instanceof PatternError,
    );
});

it("a pattern that is made again finishes its runs with the ids they would have had, and begins none", () => {
  const { task, outputs } = compose(later).revive([form]);
  const [today, old] = task.patterns;
  assert.equal(outputs, ["money", "shop-timed-out"]);
  assert.equal([today?.drains, old?.drains, old?.name, old?.topics.alerts], [undefined, true, "unpaid", "money"]);
  const before = compose(shop).task.patterns[0]?.createMatcher() as KeyedMatcher;
  before.onEvent("A", at("placed", 1));
  const after = old?.createMatcher() as KeyedMatcher;
  after.restore(before.save());
  before.onEvent("A", at("seen", 2));
  after.onEvent("A", at("placed", 2));
  assert.is(after.counts().runs, 1);
  const idsOf = (matcher: KeyedMatcher) => matcher.advanceTo(3_600_001).map((each) => "id" in each && each.id);
  assert.equal(idsOf(after), idsOf(before));
  assert.is(after.counts().runs, 0);
});

it("events that concern only a pattern of an earlier release are made, and time follows the clock for it", () => {
  const value = (type: Order["type"]) => Buffer.from(JSON.stringify({ type, order: "A", at: 5 }));
  const seen = (task: ReturnType<typeof compose>["task"], type: Order["type"]): boolean =>
    task.inputs[0]?.glance?.({ timestamp: 5, key: null, value: value(type), headers: new Map() }, 1_000) === null;
  const composed = compose(later);
  const { task } = composed.revive([form]);
  assert.equal([seen(composed.task, "paid"), seen(task, "paid")], [false, true]);
  assert.equal([seen(composed.task, "sent"), seen(task, "sent")], [true, true]);
  assert.equal([seen(task, "seen")], [false]);
  assert.equal([composed.task.whenAllIdle, task.whenAllIdle], ["hold", "clock"]);
  assert.is(task.placement, composed.task.placement);
});

it("patterns with functions have no form; check warns of them where they would have to drain", () => {
  const odd = pattern<Order>("odd")
    .begin("one")
    .filter((e) => e.at % 2 === 1)
    .followedBy("two")
    .select((m) => m.two.at);
  const warned = (changedPatterns?: ChangedPatterns): readonly string[] => {
    const options = changedPatterns === undefined ? {} : { changedPatterns };
    const definition = service({ app: "shop", inputs: [orders], patterns: [odd, sent], ...options });
    const [known, other] = identityOf(definition).patterns;
    assert.equal([known?.form, known?.functions], [null, ['filter of "one"', "select"]]);
    assert.equal([typeof other?.form, other?.functions], ["string", undefined]);
    return checkService(definition).map(({ code }) => code);
  };
  assert.equal(warned(), []);
  assert.equal(warned("drain"), ["CANNOT_DRAIN"]);
  assert.equal(warned({ odd: "drain" }), ["CANNOT_DRAIN"]);
  assert.equal(warned({ sent: "drain" }), []);
});

it("says what is wrong with changedPatterns", () => {
  const given = (changedPatterns: unknown) => () =>
    service({ app: "shop", inputs: [orders], patterns: [sent], changedPatterns: changedPatterns as "drop" });
  assert.throws(given("keep"), /changedPatterns.*Write "drop" or "drain"/s);
  assert.throws(given({ sent: "keep" }), /sent.*Write "drop" or "drain"/s);
});

it.run();
