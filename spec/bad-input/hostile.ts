// Bytes that nobody should send: the values of records, good ones among them, and damage done to them. What is to become of
// them is not known here; `verdict.ts` reads them again.

import * as fc from "fast-check";

/** The time of reading in all of the corpus. */
export const READ_AT = Date.UTC(2026, 2, 2, 9);
/** Limits of the services, small, so that small records pass them. */
export const MAX_RECORD_BYTES = 1_500;
export const MAX_DEPTH = 8;
export const MAX_AHEAD_MS = 3_600_000;
export const OUT_OF_ORDERNESS_MS = 10;

const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");

/** Source texts of JSON values, right and wrong, as they stand behind a colon. */
const VALUES: readonly string[] = [
  ...[
    "0",
    "-0",
    "1.5",
    "1e2",
    "1E-400",
    "1e400",
    "-1e400",
    "9007199254740993",
    "0.1e+1",
    "123456789012345678901234567890",
  ],
  ...["01", "+1", ".5", "1.", "0x1", "1e", "-", "NaN", "Infinity", "1_000", "１"],
  ...["true", "false", "null", "TRUE", "nul", "undefined"],
  ...[
    '""',
    '"a"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u12"',
    '"\\x41"',
    '"\t"',
    '"\\',
    "'a'",
    '"\u2028"',
    '"\u007f"',
  ],
  ...[
    "[]",
    "{}",
    "[1,]",
    "[,1]",
    '{"a":1,}',
    "{a:1}",
    '{"a"}',
    '{"a":}',
    "[1 2]",
    "[",
    "]",
    "}",
    "[}",
    '{"then":1,"toJSON":2}',
  ],
];

const KEYS: readonly string[] = [
  ...['"a"', '"b"', '"a"', '"b"', '"__proto__"', '"constructor"', '""', '"\\u0061"', '"\\ud800"', '"1"'],
  ...["1", "1.0", "-0", "true", "9007199254740991", '["a",1]', '["a",["b"]]', '["a",null]'],
];

const ISO: readonly string[] = [
  ...[
    "2026-03-02T09:00:00Z",
    "2026-03-02T10:00:00.010+01:00",
    "2026-03-02T08:59Z",
    "2026-03-02T09:00:00.0019Z",
    "0000-01-01T00:00Z",
  ],
  ...["2026-03-02T24:00:00Z", "2024-02-29T00:00:00Z", "2026-03-02T09:00:00-23:59", "2026-03-02T09:00:00.000000001Z"],
  ...[
    "2026-03-02T09:00:00",
    "2026-03-02",
    "2026-02-30T09:00:00Z",
    "2023-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
  ],
  ...[
    "2026-03-02T25:00:00Z",
    "2026-03-02T09:60:00Z",
    "2026-03-02T09:00:60Z",
    "2026-03-02T24:00:01Z",
    "2026-04-31T09:00:00Z",
  ],
  ...[
    "2026-03-02T09:00:00+24:00",
    "2026-03-02T09:00:00+01:60",
    "2026-03-02T09:00:00+0100",
    "2026-03-02t09:00:00z",
    "2026-03-02 09:00:00Z",
  ],
  ...[
    " 2026-03-02T09:00:00Z",
    "2026-03-02T09:00:00Z\\n",
    "+002026-03-02T09:00:00Z",
    "today",
    "Mon, 02 Mar 2026 09:00:00 GMT",
    "1772442000000",
  ],
];

const near = fc.integer({ min: -60, max: 30 }).map((off) => String(READ_AT + off));
const time = fc.oneof(
  { arbitrary: near, weight: 12 },
  fc.constantFrom(...ISO).map((text) => `"${text}"`),
  fc.constantFrom(-1, 0, 1).map((off) => String(READ_AT + MAX_AHEAD_MS + off)),
  fc.constantFrom(
    "8640000000000000",
    "-8640000000000000",
    "8640000000000001",
    "-8640000000000001",
    "-8640000000000000.5",
  ),
  fc.constantFrom(`${READ_AT}.999`, "1e400", "-1e400", "-1", "-0.5", "null", "true", "[]", "{}", '{"valueOf":1}'),
);

/** Fields beside key and time: names of prototypes, key and time once more, nesting about as deep as allowed, and much deeper. */
const field = fc.oneof(
  fc.constantFrom(...VALUES).map((value) => `"v":${value}`),
  fc.constantFrom(
    ...['"__proto__":{"k":"p","t":1}', '"__proto__":null', '"constructor":{"prototype":{"k":"c"}}', '"toString":1'],
    ...['"hasOwnProperty":0', '"valueOf":{}', '"then":{}', '"":1', '"\\u005f_proto__":[]', '"prototype":{"t":2}'],
  ),
  fc.constantFrom(...KEYS).map((key) => `"k":${key}`),
  time.map((at) => `"t":${at}`),
  fc
    .tuple(fc.oneof(fc.integer({ min: MAX_DEPTH - 3, max: MAX_DEPTH + 1 }), fc.nat(120)), fc.boolean())
    .map(([levels, lists]) => `"v":${lists ? nested("[", "]", levels) : nested('{"n":', "}", levels, "0")}`),
);

function nested(open: string, close: string, levels: number, inner = ""): string {
  return open.repeat(levels) + inner + close.repeat(levels);
}

const space = fc.constantFrom("", "", "", " ", "\t", "\r", "\r\n", "\n\n", "\u00a0", "\u0000", "\ufeff", "//", "/**/");

const object = fc
  .record({
    key: fc.option(fc.oneof({ arbitrary: fc.constantFrom(...KEYS), weight: 6 }, fc.constantFrom(...VALUES)), {
      freq: 12,
    }),
    at: fc.option(time, { freq: 12 }),
    fields: fc.oneof({ arbitrary: fc.constant<string[]>([]), weight: 2 }, fc.array(field, { maxLength: 3 })),
    turn: fc.nat(),
    before: fc.oneof({ arbitrary: fc.constant(""), weight: 6 }, space),
    after: fc.oneof({ arbitrary: fc.constant(""), weight: 6 }, space),
  })
  .map(({ key, at, fields, turn, before, after }) => {
    const all = [...(key === null ? [] : [`"k":${key}`]), ...(at === null ? [] : [`"t":${at}`]), ...fields];
    const cut = all.length === 0 ? 0 : turn % all.length;
    return utf8(`${before}{${[...all.slice(cut), ...all.slice(0, cut)].join(",")}}${after}`);
  });

/** An event that is just as long as allowed, or a byte longer or shorter. */
const large = fc.integer({ min: -1, max: 1 }).map((off) => {
  const empty = `{"k":"a","t":${READ_AT},"v":""}`;
  return utf8(empty.replace(/""}$/, `"${"x".repeat(MAX_RECORD_BYTES + off - empty.length)}"}`));
});

/** What UTF-8 is not, and what it only just is, in the middle of a text. */
const SEQUENCES: readonly (readonly number[])[] = [
  ...[
    [0xc0, 0xaf],
    [0xe0, 0x80, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xff],
    [0x80],
  ],
  ...[[0xe2, 0x82], [0xf0, 0x90, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xc3], [0xed, 0xbf, 0xbf]],
  ...[
    [0xf0, 0x90, 0x80, 0x80],
    [0xef, 0xbf, 0xbd],
    [0xef, 0xbb, 0xbf],
    [0xef, 0xbf, 0xbe],
    [0xed, 0x9f, 0xbf],
    [0xf4, 0x8f, 0xbf, 0xbf],
  ],
];
const spliced = fc
  .tuple(fc.constantFrom(...SEQUENCES), fc.boolean())
  .map(([bytes, asKey]) =>
    Buffer.concat([utf8(asKey ? '{"k":"' : '{"k":"a","v":"'), Buffer.from(bytes), utf8(`","t":${READ_AT}}`)]),
  );

/** What may happen to bytes on their way. */
type Damage =
  | { readonly kind: "flip" | "cut" | "doubled"; readonly at: number; readonly bits: number }
  | { readonly kind: "none" };

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  { arbitrary: fc.constant<Damage>({ kind: "none" }), weight: 5 },
  fc.record({ kind: fc.constantFrom("flip", "cut", "doubled"), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }),
);

/** `bytes` after damage; a copy. */
export function damaged(bytes: Buffer, { kind, ...how }: Damage): Buffer {
  const copy = Buffer.from(bytes);
  if (kind === "none" || bytes.length === 0 || !("at" in how)) return copy;
  const at = how.at % bytes.length;
  if (kind === "cut") return copy.subarray(0, at);
  if (kind === "doubled") return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - how.bits))]);
  copy[at] = (copy[at] as number) ^ how.bits;
  return copy;
}

/** The value of a record: about half of them are events. */
export const hostileValue: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: fc.tuple(object, damage).map(([bytes, how]) => damaged(bytes, how)), weight: 14 },
  { arbitrary: near.map((at) => utf8(`{"k":"a","t":${at}}`)), weight: 6 },
  { arbitrary: spliced, weight: 2 },
  { arbitrary: large, weight: 1 },
  { arbitrary: fc.constantFrom(...VALUES).map(utf8), weight: 2 },
  { arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
);

/** The key of a record, seldom missing or no UTF-8. */
export const hostileKey: fc.Arbitrary<Buffer | null> = fc.oneof(
  { arbitrary: fc.constantFrom("a", "b", "", "\ufeffa", "__proto__", "constructor", "\u0000").map(utf8), weight: 8 },
  { arbitrary: fc.constant(null), weight: 1 },
  { arbitrary: fc.constantFrom(...SEQUENCES).map((bytes) => Buffer.from(bytes)), weight: 1 },
);

/** The timestamp of a record. */
export const hostileTimestamp: fc.Arbitrary<number> = fc.oneof(
  { arbitrary: fc.integer({ min: -60, max: 30 }).map((off) => READ_AT + off), weight: 10 },
  fc.constantFrom(-2, 0, 8.64e15, -8.64e15, 8.64e15 + 1, -8.64e15 - 1, 2 ** 53, -(2 ** 62)),
  fc.constantFrom(READ_AT + MAX_AHEAD_MS, READ_AT + MAX_AHEAD_MS + 1),
);
