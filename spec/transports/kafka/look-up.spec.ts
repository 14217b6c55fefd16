// Questions that fail while a cluster is away: asked again until they are answered, told of seldom, and a standstill if it lasts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { createLookUp } from "../../../lib/transports/kafka/look-up.ts";
import { createStandstill } from "../../../lib/transports/kafka/standstill.ts";
import { manualClock, settle } from "../../runtime/engine-kit.ts";

const it = suite("look-up");

const away = (broker: string): TransportError =>
  new TransportError("BROKERS_UNREACHABLE", `nothing listens at ${broker}`, { retriable: true });

type Told = { readonly level: string; readonly reason: unknown; readonly repeated: unknown };

function begin() {
  const clock = manualClock();
  const told: Told[] = [];
  const stands: boolean[] = [];
  const standstill = createStandstill(clock, (isStanding) => stands.push(isStanding));
  const lookUp = createLookUp({
    instance: "one",
    clock,
    log: (level, _, fields) => told.push({ level, reason: fields?.["reason"], repeated: fields?.["repeated"] }),
    retryWithinMs: 300_000,
    standstill,
    isOver: () => false,
  });
  const pass = async (seconds: number): Promise<void> => {
    await settle();
    for (let second = 0; second < seconds; second += 1) await clock.advance(1_000);
  };
  const aloud = (): readonly Told[] => told.filter(({ level }) => level === "warn");
  return { pass, told, aloud, stands, standstill, lookUp };
}

it("an outage of a minute that many questions meet is a handful of lines, which say how many there were", async () => {
  const { pass, told, aloud, lookUp } = begin();
  let isAway = true;
  const ask = async (): Promise<string> => {
    if (isAway) throw away("a:9092");
    return "here";
  };
  const answers = Array.from({ length: 12 }, () => lookUp(ask));
  await pass(60);
  assert.ok(aloud().length >= 2 && aloud().length <= 4, `${aloud().length} lines`);
  assert.is(aloud()[0]?.repeated, undefined);
  const counted = aloud().reduce((sum, { repeated }) => sum + 1 + Number(repeated ?? 0), 0);
  const last = told.findLastIndex(({ level }) => level === "warn");
  assert.is(counted, last + 1, "each that was held back is counted");
  isAway = false;
  await pass(10);
  assert.equal(new Set(await Promise.all(answers)), new Set(["here"]));
});

it("another reason, and the same one of another outage, is told at once", async () => {
  const { pass, aloud, lookUp } = begin();
  const failures = [away("a:9092"), away("b:9092")];
  const answer = lookUp(async () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  });
  await pass(1);
  await answer;
  assert.equal(
    aloud().map(({ reason }) => reason),
    ["nothing listens at a:9092", "nothing listens at b:9092"],
  );
  await pass(30);
  failures.push(away("a:9092"));
  const later = lookUp(async () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  });
  await pass(1);
  await later;
  assert.is(aloud().length, 3);
});

it("who is not answered for some seconds stands still, until all are answered", async () => {
  const { pass, stands, lookUp } = begin();
  const isAway = { a: true, b: true };
  const ask = (broker: "a" | "b") => async (): Promise<void> => {
    if (isAway[broker]) throw away(broker);
  };
  const [a, b] = [lookUp(ask("a")), lookUp(ask("b"))];
  await pass(4);
  assert.equal(stands, []);
  await pass(2);
  assert.equal(stands, [true]);
  isAway.a = false;
  await pass(5);
  await a;
  assert.equal(stands, [true], "the other is still asked");
  isAway.b = false;
  await pass(5);
  await b;
  assert.equal(stands, [true, false]);
});

it("what is answered again within some seconds was no standstill, nor what ends when it is of no use", async () => {
  const { pass, stands, standstill, lookUp } = begin();
  let tries = 0;
  const answer = lookUp(async () => {
    tries += 1;
    if (tries < 4) throw away("a");
  });
  await pass(4);
  await answer;
  const refused = lookUp(async () => {
    tries += 1;
    throw tries < 12 ? away("a") : new Error("refused");
  }).catch((error: Error) => error.message);
  await pass(60);
  assert.is(await refused, "refused");
  assert.equal(stands, [true, false]);
  standstill.begins(Symbol());
  standstill.stop();
  await pass(10);
  assert.equal(stands, [true, false]);
});

it.run();
