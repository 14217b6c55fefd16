// The laws of a whole service: what it writes for a stream, and the same in another way. Streams are made from its patterns and
// sent to its inputs as they would arrive there: out of order within the bound, twice, too late.

import fc from "fast-check";
import { saidBy } from "../event/bad-record.ts";
import type { Acted } from "./act.ts";
import { createDriver } from "./drive.ts";
import type { Alert, Driver, SentRecord } from "./driver-types.ts";
import { arrivalsIn } from "./journey.ts";
import { type Rule, trialsOf } from "./law-trial.ts";
import { kitOptionsOf, type Served, type ServedInput, type ServedMaking, sendTo } from "./served.ts";
import { theaterOf } from "./theater.ts";

/** How events for each input are made, by topic. */
type Makings = Readonly<Record<string, ServedMaking>>;

/** The laws of a service. Each is tried on streams of any of its patterns, at any of its inputs. */
export function serviceRules(served: Served, makings: Makings): readonly Rule[] {
  const scene: Scene = { served, makings, streams: streamsOf(served, makings) };
  const readsAll = served.inputs.every(({ decodes, failsOnBadRecord }) => !decodes && !failsOnBadRecord);
  return [neverFails(scene), diesAnywhere(scene), anyPartitions(scene), ...(readsAll ? [brokenBetween(scene)] : [])];
}

const trial = trialsOf(true);

type Scene = { readonly served: Served; readonly makings: Makings; readonly streams: fc.Arbitrary<Streamed> };

/** Events in order of arrival at one input. */
type Streamed = { readonly input: ServedInput; readonly events: readonly Acted[] };

function streamsOf({ patterns, inputs }: Served, makings: Makings): fc.Arbitrary<Streamed> {
  const all = inputs.flatMap((input) => {
    const options = kitOptionsOf(input, makings[input.topic] ?? {});
    return patterns.map((pattern) => {
      const theater = theaterOf(pattern, options);
      const bounds = { boundMs: input.outOfOrdernessMs, twice: true, late: true };
      return arrivalsIn(theater, bounds).map(({ arriving }) => ({ input, events: arriving }));
    });
  });
  return fc.oneof(...all);
}

function neverFails(scene: Scene): Rule {
  return {
    name: "goes on",
    says: "no stream makes the service fail.",
    trials: scene.streams.map((stream) =>
      trial(stream.events, ["nobody", () => []], ["the service", () => linesOf(scene, stream).filter(isFailure)]),
    ),
  };
}

function diesAnywhere(scene: Scene): Rule {
  const death = fc.record({ before: fc.nat(12), readAgain: fc.nat(5) });
  const once = scene.served.driven.guarantee === "exactly-once";
  return {
    name: "dies anywhere",
    says: once
      ? "whenever the process ends, what is written is the same, all of it once."
      : "whenever the process ends, what is written is the same, though some of it comes again.",
    trials: fc.tuple(scene.streams, fc.array(death, { minLength: 1, maxLength: 4 })).map(([stream, deaths]) => {
      const marks = stream.events.map((_, index) => (deaths.some(({ before }) => before === index) ? "restarted" : ""));
      const dying = (): readonly string[] =>
        linesOf(scene, stream, (driven, index) => {
          for (const { before, readAgain } of deaths) if (before === index) driven.restart({ readAgain });
        });
      const lines = (told: readonly string[]): readonly string[] => (once ? told : [...new Set(told)]);
      return trial(
        stream.events,
        ["the one that goes on", () => lines(linesOf(scene, stream))],
        ["the one that dies", () => lines(dying())],
        marks,
      );
    }),
  };
}

function anyPartitions(scene: Scene): Rule {
  return {
    name: "any number of partitions",
    says: "what is written does not depend on how many partitions the inputs have.",
    trials: scene.streams.map((stream) => {
      // What comes too late for its partition depends on what else is in it.
      const inOrder = { ...stream, events: [...stream.events].sort((left, right) => left.at - right.at) };
      return trial(
        inOrder.events,
        ["with one partition", () => linesOf(scene, inOrder, noMore, 1)],
        ["with five", () => linesOf(scene, inOrder, noMore, 5)],
      );
    }),
  };
}

function brokenBetween(scene: Scene): Rule {
  const broken = fc.record({ before: fc.nat(12), text: fc.constantFrom("", "{", "null", "[1]", "\u0000") });
  return {
    name: "broken records",
    says: "records that are no events, in between, change nothing but the dead letters.",
    trials: fc.tuple(scene.streams, fc.array(broken, { minLength: 1, maxLength: 4 })).map(([stream, records]) => {
      const marks = stream.events.map((_, index) => (records.some(({ before }) => before === index) ? "broken" : ""));
      const between = (driven: Driver, index: number): void => {
        for (const { before, text } of records) if (before === index) driven.send(text, { topic: stream.input.topic });
      };
      const lines = (told: readonly string[]): readonly string[] =>
        told.filter((line) => !line.startsWith("deadLetter"));
      return trial(
        stream.events,
        ["without them", () => lines(linesOf(scene, stream))],
        ["with them", () => lines(linesOf(scene, stream, between))],
        marks,
      );
    }),
  };
}

const noMore = (): void => undefined;
const FAILS = "it fails: ";
const isFailure = (line: string): boolean => line.startsWith(FAILS);

/** What the service writes, one line a record, sorted. `between` is called before each event, with its index. */
function linesOf(
  { served, makings }: Scene,
  { input, events }: Streamed,
  between: (driven: Driver, index: number) => void = noMore,
  partitions = 2,
): readonly string[] {
  const startAt = events.reduce((least, { at }) => Math.min(least, at), events[0]?.at ?? 0);
  const driven = createDriver(served.driven, { partitions, startAt });
  const failures: string[] = [];
  try {
    for (const [index, { value }] of events.entries()) {
      between(driven, index);
      sendTo(driven, input, makings[input.topic] ?? {}, value);
    }
    driven.end();
  } catch (error) {
    failures.push(`${FAILS}${saidBy(error)}`);
  }
  return [...driven.sent.map(lineOf), ...failures].sort();
}

function lineOf({ kind, topic, key, value, headers }: SentRecord): string {
  const code = headers["sequitur-code"];
  const said = kind === "alert" || kind === "timedOut" ? withoutPlaces(value as Alert) : value;
  return `${kind} to ${topic}, key ${key}: ${JSON.stringify(said)}${code === undefined ? "" : ` ${code}`}`;
}

/** Ids and provenance hold offsets and partitions, and when time came so far may be another moment. */
function withoutPlaces({ id: _id, provenance: _provenance, emittedAt: _emittedAt, ...said }: Alert): unknown {
  return said;
}
