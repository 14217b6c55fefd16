// What the compiler says of matching in process.

import { expectTypeOf } from "expect-type";
import { createMatcher, matchAll } from "../../lib/matching/create-matcher.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";

type Login = { type: "failed" | "ok"; user: string; at: number };

const untimed = pattern<Login>("untimed").begin("tries").on("failed").oneOrMore().followedBy("ok").on("ok");
const timed = untimed.within("1m");
const selected = timed.select((m) => m.tries.length);

declare const events: Login[];

// What a match holds and what `select` made of it.
expectTypeOf(createMatcher(untimed, {}).push).parameter(0).toEqualTypeOf<Login>();
for (const match of matchAll(selected, events, { time: (e) => e.at })) {
  expectTypeOf(match.value).toEqualTypeOf<number>();
  expectTypeOf(match.events.ok.type).toEqualTypeOf<"ok">();
  expectTypeOf(match.events.tries[0].type).toEqualTypeOf<"failed">();
}

// Without a time bound no time is needed; with one it is.
createMatcher(untimed, { key: (e) => e.user });
createMatcher(timed, { key: (e) => e.user, time: (e) => e.at, outOfOrderness: "5s" });
// @ts-expect-error Property 'timeOf' is missing … but required
createMatcher(timed, { key: (e) => e.user });
// @ts-expect-error Property 'timeOf' is missing … but required
matchAll(timed, events, {});
// @ts-expect-error without a time there is no order to be out of
createMatcher(untimed, { outOfOrderness: "5s" });

// Key and time are one or the other, and of fields that are there.
// @ts-expect-error key and keyOf exclude each other
createMatcher(untimed, { key: (e) => e.user, keyOf: (e) => e.user });
// @ts-expect-error Property 'name' does not exist
createMatcher(untimed, { key: (e) => e.name });
// @ts-expect-error a duration is a number of milliseconds, or a number with a unit
createMatcher(timed, { time: (e) => e.at, outOfOrderness: "5 seconds" });
