// Patterns as JSON texts, good and broken, and what they find among odd events: in a whole service, against the meaning of
// their conditions read by somebody else.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PatternError } from "../../lib/core/errors.ts";
import { fromJSON } from "../../lib/index.ts";
import { createMemoryLog } from "../../lib/service/index.ts";
import { allowMs, note } from "../run/ask.ts";
import { fieldsAre, must, NoCondition, readCondition } from "./condition-judge.ts";
import { createMeter } from "./heap.ts";
import { READ_AT } from "./hostile.ts";
import { runThrough } from "./run-through.ts";

allowMs(180_000);

const it = suite("bad input: patterns");

const ITEM_MS = 10_000;
const NAMES = ["a", "b", "length", "0", "__proto__", "constructor", ""];

const number = fc.constantFrom(0, 1, -1, 2, 0.5, 1e-320, 2 ** 53, 1e308);
const text = fc.constantFrom("", "a", "ab", "b", "1", "\ud800", "__proto__", "\u0000");
const literal = fc.oneof(
  { arbitrary: fc.oneof(number, text, fc.boolean()), weight: 16 },
  {
    arbitrary: fc.constantFrom({ bigint: "1" }, { number: "NaN" }, { number: "-0" }, { number: "Infinity" }),
    weight: 3,
  },
  { arbitrary: fc.constantFrom(null, [], {}, { bigint: "1e9" }, { number: "1" }), weight: 1 },
);

const { condition } = fc.letrec((tie) => {
  const two = { left: tie("value"), right: tie("value") };
  const kind = <K extends string>(...kinds: readonly K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds);
  return {
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { arbitrary: fc.record({ kind: kind("literal"), value: literal }), weight: 3 },
      {
        arbitrary: fc.record({ kind: kind("field"), path: fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }) }),
        weight: 6,
      },
      fc.record({ kind: kind("arithmetic"), op: kind("plus", "minus", "times", "dividedBy", "modulo"), ...two }),
      tie("condition"),
    ),
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      {
        arbitrary: fc.record({ kind: kind("compare"), op: kind("eq", "ne", "lt", "lte", "gt", "gte"), ...two }),
        weight: 6,
      },
      fc.record({ kind: kind("exists", "isTrue"), value: tie("value") }),
      fc.record({ kind: kind("oneOf"), value: tie("value"), options: fc.array(literal, { maxLength: 3 }) }),
      fc.record({
        kind: kind("text"),
        op: kind("startsWith", "endsWith", "includes"),
        value: tie("value"),
        text: tie("value"),
      }),
      fc.record({ kind: kind("between"), value: tie("value"), low: tie("value"), high: tie("value") }),
      fc.record({ kind: kind("not"), part: tie("condition") }),
      fc.record({ kind: kind("and", "or"), parts: fc.array(tie("condition"), { maxLength: 4 }) }),
    ),
  };
});

/** What happens to the text of a pattern: nothing, a character changes, its end is missing, a field comes in. */
const accident = fc.oneof(
  { arbitrary: fc.constant({ kind: "none" as const }), weight: 5 },
  {
    arbitrary: fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), bits: fc.integer({ min: 1, max: 31 }) }),
    weight: 4,
  },
  { arbitrary: fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant("field" as const),
      at: fc.nat(),
      field: fc.constantFrom(
        '"__proto__":{"polluted":true}',
        '"constructor":1',
        '"select":"1"',
        '"kind":"opaque"',
        '"value":null',
      ),
    }),
    weight: 2,
  },
);

type Accident = typeof accident extends fc.Arbitrary<infer A> ? A : never;

function after(json: string, how: Accident): string {
  switch (how.kind) {
    case "none":
      return json;
    case "cut":
      return json.slice(0, how.at % json.length);
    case "flip": {
      const at = how.at % json.length;
      return json.slice(0, at) + String.fromCharCode(json.charCodeAt(at) ^ how.bits) + json.slice(at + 1);
    }
    default: {
      const opened = [...json.matchAll(/\{/g)].map(({ index }) => index + 1);
      const at = opened[how.at % opened.length] as number;
      return `${json.slice(0, at)}${how.field},${json.slice(at)}`;
    }
  }
}

/** What the pattern in `json` finds; `null` where it is none. It has one step, whatever happened to it. */
function conditionIn(json: unknown): ((event: unknown) => boolean) | null {
  try {
    fieldsAre(json as object, "sequitur", "name", "elements");
    const { sequitur, name, elements } = json as Readonly<Record<string, unknown>>;
    must(sequitur === 1 && typeof name === "string" && Array.isArray(elements) && elements.length === 1);
    const [step] = elements as [Readonly<Record<string, unknown>>];
    fieldsAre(step, "kind", "name", "condition");
    must(step["kind"] === "step" && typeof step["name"] === "string");
    return readCondition(step["condition"]);
  } catch (error) {
    if (error instanceof NoCondition || error instanceof TypeError) return null;
    throw error;
  }
}

const thing = fc.oneof(
  number,
  text,
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom([], [1], {}, { a: 1 }, { length: 2, a: "a" }),
);
const events = fc.array(fc.array(fc.tuple(fc.constantFrom(...NAMES), thing), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
});

/** Field by field as a text, so that a field may have any name. */
function eventText(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
}

const meter = createMeter();
const ends = new Map<string, number>();

it("the text of a pattern is refused, or finds what its condition says", () =>
  fc.assert(
    fc.asyncProperty(condition, accident, events, async (given, how, sent) => {
      meter.count();
      const elements = [{ kind: "step", name: "a", condition: given }];
      const { end, found, expected } = await tried(
        after(JSON.stringify({ sequitur: 1, name: "p", elements }), how),
        sent.map(eventText),
      );
      ends.set(end, (ends.get(end) ?? 0) + 1);
      assert.equal(found, expected);
    }),
    { numRuns: 2_500, timeout: ITEM_MS, includeErrorInReport: true },
  ));

type Tried = {
  readonly end: "no JSON" | "refused" | "found nothing" | "found" | "no sense";
  readonly found: unknown;
  readonly expected: unknown;
};

async function tried(written: string, sent: readonly string[]): Promise<Tried> {
  let json: unknown;
  try {
    json = JSON.parse(written);
  } catch {
    return { end: "no JSON", found: null, expected: null };
  }
  const holds = conditionIn(json);
  try {
    const pattern = fromJSON<{ k: string; t: number }>(json);
    if (holds === null) return { end: "refused", found: "a pattern", expected: "a refusal" };
    const log = createMemoryLog({ partitions: 1 });
    for (const [index, value] of sent.entries()) log.append("in", { key: "k", value, timestamp: READ_AT + index });
    log.end("in");
    // Its step may have got another name.
    const { verdicts, failure } = await runThrough(log.source(), "record", pattern);
    assert.is(failure, null);
    const expected = sent.flatMap((value, index) => (holds(JSON.parse(value)) ? [`0/${index}`] : []));
    return {
      end: expected.length > 0 ? "found" : "found nothing",
      found: verdicts.map((line) => line.split(" ")[0]),
      expected,
    };
  } catch (error) {
    assert.instance(error, PatternError);
    const codes = (error as PatternError).problems.map(({ code }) => code);
    // What is well formed may still make no sense; that is for the checks of the language, which have specs of their own.
    const isForm = codes.some((code) => code.startsWith("JSON_"));
    assert.is(isForm, holds === null, codes.join());
    return { end: isForm ? "refused" : "no sense", found: null, expected: null };
  }
}

it("every end came up, and nothing is held of what went through", () => {
  const kib = Math.round(meter.growthBytes() / 1024);
  const told = [...ends].sort().map(([end, times]) => `${times} ${end}`);
  note(`${meter.items()} patterns: ${told.join(", ")}; ${kib} KiB more held`);
  for (const end of ["no JSON", "refused", "found nothing", "found"]) assert.ok((ends.get(end) ?? 0) >= 50, end);
  assert.is(({} as { readonly polluted?: boolean }).polluted, undefined);
});

it.run();
