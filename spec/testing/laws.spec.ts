// Every pattern keeps the laws, but for its own functions: what these may do wrong is seen, and shown with seed, path and
// the smallest stream.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { patternFrom } from "../../lib/pattern/pattern-value.ts";
import { type Law, laws } from "../../lib/testing/laws.ts";
import { formatCase, randomCase } from "../oracle/random.ts";

const it = suite("laws");

type Login = { type: "failed" | "ok"; user: string; at: number };
const byUser = {
  key: (e: { user: never }) => e.user,
  time: (e: { at: never }) => e.at,
} as never as { readonly key: never; readonly time: never };

/** What is said of the law with this name; "" if it is kept. */
function saidOf(all: readonly Law[], name: string, options: Parameters<Law["check"]>[0] = { seed: 1 }): string {
  const law = all.find((each) => each.name === name);
  assert.ok(law, `there is no law "${name}"`);
  try {
    law.check(options);
    return "";
  } catch (error) {
    assert.is((error as Error).constructor, Error);
    return (error as Error).message;
  }
}

it("are kept by random patterns", () => {
  const tried = new Map<string, number>();
  for (let seed = 1; seed <= 40; seed++) {
    const each = randomCase(seed);
    const keyed = { key: (e: { k: never }) => e.k, time: (e: { t: never }) => e.t } as never as typeof byUser;
    for (const law of laws(patternFrom<object, unknown, unknown, true>(each.pattern), keyed)) {
      if (law.name === "no function throws") continue; // those of the oracle throw on purpose
      tried.set(law.name, (tried.get(law.name) ?? 0) + 1);
      try {
        law.check({ runs: 8, seed });
      } catch (error) {
        assert.unreachable(`seed ${seed}: ${formatCase(each)}\n${(error as Error).message}`);
      }
    }
  }
  assert.equal([...tried.keys()].sort(), [
    "any order of arrival",
    "found again",
    "keys apart",
    "same as its JSON",
    "saved and restored anywhere",
    "times shifted",
    "unconcerned events",
  ]);
  for (const [name, count] of tried) assert.ok(count > 4, `${name}: ${count}`);
});

const start = pattern<Login>("guessed").begin("tries").on("failed").times(2).followedBy("success").on("ok");
const guessed = start.within("1m");

it("are those that say something of the pattern", () => {
  const names = (all: readonly Law[]): readonly string[] => all.map(({ name }) => name);
  assert.equal(names(laws(guessed, byUser)), [
    "no function throws",
    "found again",
    "saved and restored anywhere",
    "keys apart",
    "any order of arrival",
    "times shifted",
    "unconcerned events",
    "same as its JSON",
  ]);
  const strict = pattern<Login>("strict").begin("a").next("b");
  assert.equal(names(laws(strict, {})), [
    "no function throws",
    "found again",
    "saved and restored anywhere",
    "same as its JSON",
  ]);
  const atNight = pattern<Login>("night")
    .begin("a")
    .where((e) => e.at.modulo(86_400_000).lt(3_600_000));
  assert.not.ok(names(laws(atNight, byUser)).includes("times shifted"), "its conditions look at the time");
});

it("show seed, path and the smallest stream when they are broken, and break again with these", () => {
  let calls = 0;
  const forgetful = start.filter(() => ++calls % 3 !== 0).within("1m");
  const message = saidOf(laws(forgetful, byUser), "found again", { seed: 7 });
  const [, seed, path] = /check\(\{ seed: (-?\d+), path: "([\d:]+)" \}\)/.exec(message) ?? [];
  assert.is(seed, "7");
  assert.ok(path);
  assert.match(message, /^"guessed" breaks the law "found again": the same events give the same matches/);
  assert.match(message, /\n {2}\+0ms +1 +\{"user":"a","at":0,"type":"failed"\}\n/);
});

it("break again with the seed and path that they show", () => {
  const loud = pattern<Login>("loud")
    .begin("one")
    .on("failed")
    .filter((e) => {
      if (e.at > 0) throw new Error("on purpose");
      return true;
    });
  const all = laws(loud, byUser);
  const message = saidOf(all, "no function throws", { seed: 3 });
  const [, path] = /path: "([\d:]+)"/.exec(message) ?? [];
  const again = saidOf(all, "no function throws", { seed: 3, path: path ?? "" });
  assert.is(again.split("\n\n").slice(1).join(), message.split("\n\n").slice(1).join());
  assert.match(message, '\n  only a function: the function given to filter of "one": on purpose');
});

it("see a function that remembers other keys", () => {
  const users = new Set<string>();
  const crowd = pattern<Login>("crowd")
    .begin("one")
    .on("failed")
    .filter((e) => {
      if (users.size > 1) users.clear();
      users.add(e.user);
      return users.size > 1;
    });
  assert.match(saidOf(laws(crowd, byUser), "keys apart"), /breaks the law "keys apart"/);
});

it("see values that JSON loses", () => {
  type Dated = { when: Date; user: string; at: number };
  const later = pattern<Dated>("later")
    .begin("a")
    .followedBy("b")
    .filter((e, m) => e.when instanceof Date && m.a.when instanceof Date)
    .within("1m");
  const event = fc.record({ when: fc.constant(new Date(0)), user: fc.constantFrom("a", "b"), at: fc.constant(0) });
  const all = laws(later, { ...byUser, event });
  const message = saidOf(all, "saved and restored anywhere");
  assert.match(message, /\+\w+ +\d restored +\{/);
  assert.match(message, /\n {2}only the one that went on: \{a 1, b 2\} at \+/);
  assert.is(saidOf(all, "any order of arrival"), "");
});

it("take the options of the matcher, and tell what cannot be made", () => {
  assert.is(
    saidOf(
      laws(guessed, { ...byUser, outOfOrderness: "5s", timedOut: "all", onNotice: () => assert.unreachable() }),
      "any order of arrival",
    ),
    "",
  );
  const opaque = pattern<Login>("opaque")
    .begin("a")
    .filter((e) => e.user === "4711")
    .followedBy("b");
  for (const law of laws(opaque, byUser)) law.check({ runs: 10 });
  const broken = laws(guessed, { ...byUser, place: (event) => event });
  assert.throws(() => broken[0]?.check(), /NOT_PLACED|that was made to have/);
});

it.run();
