// What the compiler knows of a service: the types of events flow from topics to patterns, and what does not fit is refused
// with a sentence.
import { expectTypeOf } from "expect-type";
import { z } from "zod";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { type InputTopic, type ServiceDefinition, service, topic } from "../../lib/service/index.ts";

type Charge = { type: "charge"; card: string; amount: number; at: number };
type Block = { type: "block"; card: string; at: string };
type CardEvent = Charge | Block;
type Login = { type: "login"; user: string; at: number };

const cards = topic<CardEvent>("cards", { key: (e) => e.card, timeOf: (e) => Number(e.at), outOfOrderness: "5s" });
const logins = topic<Login>("logins", { key: (e) => [e.user, e.type], time: (e) => e.at });
const onCards = pattern<CardEvent>("on-cards").begin("a").on("charge");
const onBoth = pattern<CardEvent | Login>("on-both").begin("a").on("charge").followedBy("b").on("login");
const onLogins = pattern<Login>("on-logins").begin("a").on("login");

expectTypeOf(cards).toExtend<InputTopic<CardEvent>>();
expectTypeOf(service({ app: "a", inputs: [cards], patterns: [onCards] })).toEqualTypeOf<ServiceDefinition>();
service({ app: "a", inputs: [cards], patterns: [onCards, onBoth, { pattern: onCards, alerts: topic("x") }] });
service({ app: "a", inputs: [cards, logins], patterns: [onBoth] });
service({ app: "a", inputs: [cards], patterns: [pattern<{ card: string }>("wide").begin("a")] });

// @ts-expect-error the pattern cannot take every event that the inputs give: its event type must have all of theirs
service({ app: "a", inputs: [cards], patterns: [onLogins] });
// @ts-expect-error the pattern cannot take every event that the inputs give: its event type must have all of theirs
service({ app: "a", inputs: [cards, logins], patterns: [onBoth, { pattern: onCards }] });
// @ts-expect-error write a pattern, or { pattern, alerts, timedOut, limits }
service({ app: "a", inputs: [cards], patterns: ["on-cards"] });
// @ts-expect-error a topic without options is one to be written
service({ app: "a", inputs: [topic("cards")], patterns: [onCards] });
// @ts-expect-error a topic with options is one to be read
service({ app: "a", inputs: [cards], patterns: [onCards], alerts: cards });
// @ts-expect-error an option that is not known
service({ app: "a", inputs: [cards], patterns: [onCards], idelAfter: "1s" });
// @ts-expect-error a duration without unit
service({ app: "a", inputs: [cards], patterns: [onCards], idleAfter: "10" });

// @ts-expect-error a field that is not there
topic<Login>("logins", { key: (e) => e.name });
// @ts-expect-error a boolean is no time
topic<{ user: string; ok: boolean }>("logins", { key: (e) => e.user, time: (e) => e.ok });
// @ts-expect-error key beside keyOf
topic<Login>("logins", { key: (e) => e.user, keyOf: (e) => e.user });
// @ts-expect-error a policy that is none
topic<Login>("logins", { key: (e) => e.user, onBadRecord: "drop" });
// @ts-expect-error a schema of something else
topic<Login>("logins", { key: (e) => e.user, schema: z.object({ other: z.number() }) });

// The type of events may come from the schema or from decode.
const bySchema = topic("readings", {
  schema: z.object({ sensor: z.string(), value: z.number() }),
  key: (e) => e.sensor,
});
expectTypeOf(bySchema).toExtend<InputTopic<{ sensor: string; value: number }>>();
const byDecode = topic("readings", { decode: (bytes: Uint8Array) => ({ size: bytes.length }), keyOf: (e) => e.size });
expectTypeOf(byDecode).toExtend<InputTopic<{ size: number }>>();

// Records may say key and time themselves.
topic<Login>("logins", {});
topic<Login>("logins", { key: "record", time: "arrival" });
