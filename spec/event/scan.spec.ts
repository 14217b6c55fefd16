// The scanner against JSON.parse: whatever it says of bytes, JSON.parse says; and of JSON as programs write it, it says something.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createScanner } from "../../lib/event/scan.ts";

const it = suite("scan");

const MAX_DEPTH = 4;
const NAMES = ["type", "at", "__proto__", ""];
const ASKED = ["key"];
const scan = createScanner(NAMES, ASKED, MAX_DEPTH);
const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What is to be said of bytes; `null`: they are no object that a service would take. */
function expected(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(strict.decode(bytes));
    if (typeof value !== "object" || value === null || Array.isArray(value) || depthOf(value) > MAX_DEPTH) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** What may follow an object where it stands among others: each goes on with something that an object may end in. */
const BEHIND = ["}", '"}', "0}", "e}", ':1,"type":"open"}', "\\", "", " "].map((text) => utf8.encode(text));

/** What is said of bytes that stand among others. */
function scanAmong(bytes: Uint8Array): ReturnType<typeof scan> {
  const before = utf8.encode('{"n":[');
  const behind = BEHIND[bytes.length % BEHIND.length] as Uint8Array;
  return scan(Buffer.concat([before, bytes, behind]), before.length, before.length + bytes.length);
}

/** Whether it said anything; fails if that was not so. */
function agrees(bytes: Uint8Array): boolean {
  const found = scanAmong(bytes);
  if (found === null) return false;
  const whole = expected(bytes);
  assert.ok(whole !== null, `no object: ${Buffer.from(bytes)}`);
  for (const name of [...NAMES, ...ASKED]) {
    const value = Object.hasOwn(whole, name) ? whole[name] : undefined;
    assert.ok(
      Object.is(found[name], ASKED.includes(name) && typeof value === "string" ? "" : value),
      `${name} of ${Buffer.from(bytes)}: ${String(found[name])}`,
    );
  }
  return true;
}

const plainText = fc.string({ unit: "grapheme-ascii", maxLength: 40 }).map((text) => text.replaceAll(/["\\]/g, "'"));
const wanted = fc.oneof(
  plainText,
  fc.constantFrom("open", "close"),
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const other = fc.jsonValue({ maxDepth: MAX_DEPTH - 2, stringUnit: "grapheme" });
const member = fc.oneof(
  fc.tuple(fc.constantFrom(...NAMES, ...ASKED), wanted),
  fc.tuple(fc.constantFrom("n", "type2", "typ", "keys"), other),
);
const spaces = fc.constantFrom("", "", "", " ", "\n\t", "\r ");
/** An object as a program writes it, perhaps with spaces, and with some names twice. */
const written = fc
  .tuple(fc.array(fc.tuple(member, spaces, spaces), { maxLength: 8 }), spaces)
  .map(([members, around]) => {
    const all = members.map(
      ([[name, value], before, behind]) =>
        `${before}${JSON.stringify(name)}${behind}:${before}${JSON.stringify(value)}`,
    );
    return `${around}{${around}${all.join(`${around},`)}${around}}${around}`;
  });

it("says what JSON.parse says of JSON as programs write it", () => {
  fc.assert(
    fc.property(written, (text) => assert.ok(agrees(utf8.encode(text)), text)),
    { numRuns: 3_000 },
  );
});

it("says nothing that JSON.parse does not say, whatever is done to the bytes", () => {
  const damage = fc.record({
    text: fc.oneof(written, fc.json({ maxDepth: 5 })),
    at: fc.nat(200),
    length: fc.nat(3),
    instead: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc
        .constantFrom('"', "\\", '\\"', "\\u0061", "\\ud83d", "{", "}", "[", "]", ",", ":", "0", "-", "1e5", ".", "E+")
        .map((text) => utf8.encode(text)),
      fc.constantFrom("é", "€", "\u{1f600}", "\u2028", "\ufeff", "\u0000").map((text) => utf8.encode(text)),
    ),
  });
  let said = 0;
  fc.assert(
    fc.property(damage, ({ text, at, length, instead }) => {
      const bytes = [...utf8.encode(text)];
      bytes.splice(at % (bytes.length + 1), length, ...instead);
      if (agrees(Uint8Array.from(bytes))) said += 1;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(said > 500, `of ${said} only`);
});

it("says of every byte in every place what JSON.parse says", () => {
  let said = 0;
  const plain = utf8.encode(
    '{"type":"ab","n":[-1.5e+3,0,{"a":true,"é":"\\u00e9 \u{1f600} €\\n"}],"at":-12.5E-1,"key":"k","x":null}',
  );
  for (let at = 0; at < plain.length; at += 1)
    for (let byte = 0; byte < 256; byte += 1) if (agrees(plain.with(at, byte))) said += 1;
  assert.ok(said > 2_000, `of ${said} only`);
});

it("says of every piece of an object that it is none", () => {
  const bytes = utf8.encode('{"type":"ab","n":[1,{"a":"\\u00e9é€\u{1f600}"}],"at":12e1,"key":"k","x":false}');
  assert.ok(agrees(bytes));
  for (let end = 0; end < bytes.length; end += 1) {
    assert.is(scan(bytes.subarray(0, end)), null);
    assert.is(scan(bytes, 0, end), null);
  }
});

const UTF8 = [
  ["c280", true],
  ["dfbf", true],
  ["e0a080", true],
  ["ed9fbf", true],
  ["ee8080", true],
  ["efbfbf", true],
  ["f0908080", true],
  ["f48fbfbf", true],
  ["80", false],
  ["bf", false],
  ["c080", false],
  ["c1bf", false],
  ["c2", false],
  ["c241", false],
  ["e09fbf", false],
  ["eda080", false],
  ["edbfbf", false],
  ["e080", false],
  ["e1a041", false],
  ["f08fbfbf", false],
  ["f4908080", false],
  ["f5808080", false],
  ["f0908041", false],
  ["f09080", false],
  ["ff", false],
] as const;

for (const [hex, isGood] of UTF8)
  it(`the bytes ${hex} are ${isGood ? "" : "not "}UTF-8`, () => {
    const bytes = Buffer.concat([Buffer.from('{"n":"'), Buffer.from(hex, "hex"), Buffer.from('"}')]);
    assert.is(agrees(bytes), isGood);
    assert.is(expected(bytes) !== null, isGood);
  });

it("leaves to JSON.parse what takes more than a look", () => {
  for (const text of ['{"type":"\\n"}', '{"type":"é"}', '{"typ\\u0065":1}', '{"at":[1]}', '{"at":{}}', '{"é":1}'])
    assert.is(scan(utf8.encode(text)), null, text);
  assert.is(scan(utf8.encode(`{"n":${"[".repeat(MAX_DEPTH)}${"]".repeat(MAX_DEPTH)}}`)), null);
  assert.is(createScanner([], [], 1_000_000)(utf8.encode(`{"n":${"[".repeat(1e5)}${"]".repeat(1e5)}}`)), null);
  assert.is(createScanner([], [], 0)(utf8.encode("{}")), null);
});

it("what is refused is left to JSON.parse, though it need not be read to its end; nothing else is, but for names that are there twice", () => {
  const refusal = {
    names: ["type", "at"],
    ask: (object: object) => (object as { type?: unknown }).type === "open" || (object as { at?: unknown }).at === true,
  };
  const choosy = createScanner(NAMES, ASKED, MAX_DEPTH, refusal);
  const seen = { refused: 0, said: 0, twice: 0 };
  fc.assert(
    fc.property(
      fc.oneof(written, fc.constantFrom("{}", '{"n":1}', '{"type":"open","at":1,"type":"a"}', '{"at":1,"at":true}')),
      (text) => {
        const bytes = utf8.encode(text);
        const whole = JSON.parse(text) as object;
        const found = choosy(bytes);
        if (found !== null) {
          seen.said += 1;
          assert.is(refusal.ask(whole), false, text);
          assert.equal({ ...found }, { ...scan(bytes) });
        } else if (refusal.ask(whole)) seen.refused += 1;
        else {
          seen.twice += 1;
          assert.ok(
            refusal.names.some((name) => text.split(JSON.stringify(name)).length > 2),
            text,
          );
        }
      },
    ),
    { numRuns: 5_000 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `${what}: ${count}`);
  assert.is(choosy(utf8.encode('{"type":"open","at":1,no more of it')), null);
});

it("who asks for no field is asked, too", () => {
  const refuses = (isRefused: boolean) =>
    createScanner(["key"], [], MAX_DEPTH, { names: [], ask: () => isRefused })(utf8.encode('{"key":"k1"}'));
  assert.equal([refuses(true), refuses(false)?.["key"]], [null, "k1"]);
});

it("a wanted text may be of any length", () => {
  for (let length = 0; length < 100; length += 1) assert.ok(agrees(utf8.encode(`{"type":"${"x".repeat(length)}"}`)));
});

it("a name that is usual in its place may be another one the next time, or have other ones beside it", () => {
  const names = (nth: number): readonly string[] => ["n", "type", `${"m".repeat(70)}${nth}`, "at", "key", "typ"];
  for (let nth = 0; nth < 300; nth += 1) {
    const shift = Math.floor(nth / 40);
    const members = Array.from({ length: nth % 90 }, (_, place) => names(nth)[(place * shift + (nth % 3)) % 6]);
    assert.ok(agrees(utf8.encode(`{${members.map((name, place) => `"${name}":${place}`).join()}}`)));
  }
});

it("a name that is wanted and asked for is wanted", () => {
  const found = createScanner(["key"], ["key"], MAX_DEPTH)(utf8.encode('{"key":"k1"}'));
  assert.is(found?.["key"], "k1");
});

it.run();
