// The oracle held against things that know nothing of it: RegExp on strict patterns, and laws that follow from the
// definition. And the tools beside it: the notation reads what it writes, random cases have everything, shrinking ends.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Contiguity, type Element, ONCE, type PatternAst, type Quantifier } from "../../lib/pattern/ast.ts";
import { assignments } from "./assignments.ts";
import { enumerate, type OracleAnswer } from "./enumerate.ts";
import { formatEvents, formatMatch, formatPattern, formatRoles } from "./format.ts";
import { type Letter, parseEvents, parsePattern } from "./notation.ts";
import { type Case, formatCase, isAccepted, randomCase } from "./random.ts";
import { shrink } from "./shrink.ts";
import { type Verdict, verdict } from "./verdict.ts";
import type { OracleEvent, World } from "./world.ts";

const it = suite("oracle/laws");
const MANY: readonly Case[] = Array.from({ length: 1_500 }, (_, seed) => randomCase(seed));
const CASES = MANY.slice(0, 1_000);

const answer = ({ pattern, events, until }: Case): OracleAnswer => enumerate(pattern, events, { until });

/** Only steps and groups with counts: no absence, greed, until, gap, condition on other events, option. */
function plain(elements: readonly Element[]): readonly Element[] {
  return elements.flatMap((element): readonly Element[] => {
    if (element.kind === "absence") return [];
    const quantifier: Quantifier = { ...element.quantifier, greedy: false, until: null };
    if (element.kind === "group")
      return [{ ...element, elements: plain(element.elements), quantifier, maxGapMs: null }];
    return [{ ...element, condition: null, quantifier, maxGapMs: null }];
  });
}

function withLinks(elements: readonly Element[], link: Contiguity): readonly Element[] {
  return elements.map((element): Element => {
    if (element.kind === "absence") return element;
    const quantifier = { ...element.quantifier, inner: link };
    const links = { link: element.link === null ? null : link, quantifier };
    return element.kind === "step"
      ? { ...element, ...links }
      : { ...element, ...links, elements: withLinks(element.elements, link) };
  });
}

function bare(pattern: PatternAst, elements: readonly Element[]): PatternAst {
  return { ...pattern, elements, withinMs: null, skip: { to: "none" }, emit: "eager", oncePerMs: null };
}

function toRegExp(elements: readonly Element[]): string {
  return elements
    .map((element) => {
      if (element.kind === "absence") return "";
      const { min, max, optional } = element.quantifier;
      const one =
        element.kind === "group"
          ? `(?:${toRegExp(element.elements)})`
          : element.on === null
            ? "."
            : `[${element.on.join("")}]`;
      return `(?:${one}{${min},${max ?? ""}})${optional ? "?" : ""}`;
    })
    .join("");
}

it("with strict links everywhere, matches are what RegExp matches", () => {
  let found = 0;
  for (const { pattern, events } of CASES) {
    const strict = bare(pattern, withLinks(plain(pattern.elements), "next"));
    const text = events.map(({ value }) => (value as Letter).type).join("");
    const regExp = new RegExp(`^${toRegExp(strict.elements)}$`);
    const expected = new Set<string>();
    for (let start = 0; start < text.length; start += 1) {
      for (let end = start + 1; end <= text.length; end += 1) {
        if (regExp.test(text.slice(start, end))) expected.add(`${start + 1}-${end}`);
      }
    }
    const matches = enumerate(strict, events, { until: 0 }).matches.map(({ taken }) =>
      taken.map(({ position }) => position),
    );
    for (const positions of matches) {
      assert.equal(
        positions,
        positions.map((_, index) => (positions[0] ?? 0) + index),
        "without gaps",
      );
    }
    const actual = new Set(matches.map((positions) => `${positions[0]}-${positions.at(-1)}`));
    assert.equal([...actual].sort(), [...expected].sort(), `${formatPattern(strict)}   on   ${text}`);
    found += actual.size;
  }
  assert.ok(found > 500, `only ${found} matches seen`);
});

it("strict matches are relaxed matches, and these are matches with any links", () => {
  let more = 0;
  for (const { pattern, events } of CASES) {
    const roles = (link: Contiguity): ReadonlySet<string> => {
      const linked = bare(pattern, withLinks(plain(pattern.elements), link));
      return new Set(enumerate(linked, events.slice(0, 7), { until: 0 }).matches.map(formatRoles));
    };
    const [strict, relaxed, any] = [roles("next"), roles("followedBy"), roles("followedByAny")];
    const what = `${formatPattern(pattern)}   on   ${formatEvents(events)}`;
    for (const each of strict) assert.ok(relaxed.has(each), `${each} of ${what}`);
    for (const each of relaxed) assert.ok(any.has(each), `${each} of ${what}`);
    more += Number(strict.size < relaxed.size) + Number(relaxed.size < any.size);
  }
  assert.ok(more > 200, `only ${more} differences seen`);
});

it("an eager skip strategy is a filter over the matches in report order", () => {
  let dropped = 0;
  for (const each of CASES) {
    const { pattern } = each;
    if (pattern.skip.to === "none" || pattern.emit === "ordered" || pattern.oncePerMs !== null) continue;
    const all = answer({ ...each, pattern: { ...pattern, skip: { to: "none" } } }).matches.map(formatMatch);
    const kept = answer(each).matches.map(formatMatch);
    assert.equal(
      all.filter((match) => kept.includes(match)),
      kept,
      formatCase(each),
    );
    assert.is(kept[0], all[0], formatCase(each));
    dropped += all.length - kept.length;
  }
  assert.ok(dropped > 50, `only ${dropped} matches dropped`);
});

it("ordered emission without a skip strategy reports the same matches, later and in order of their first event", () => {
  let moved = 0;
  for (const each of CASES) {
    if (each.pattern.withinMs === null) continue;
    const endless = { ...each, until: Number.POSITIVE_INFINITY };
    const emitting = (emit: "eager" | "ordered"): OracleAnswer =>
      answer({ ...endless, pattern: { ...each.pattern, emit, skip: { to: "none" }, oncePerMs: null } });
    const [eager, ordered] = [emitting("eager"), emitting("ordered")];
    assert.equal(ordered.matches.map(formatRoles).sort(), eager.matches.map(formatRoles).sort(), formatCase(each));
    assert.equal(ordered.timedOut, eager.timedOut);
    const eagerAt = new Map(eager.matches.map((match) => [formatRoles(match), match.at]));
    for (const match of ordered.matches) {
      const earliest = eagerAt.get(formatRoles(match)) ?? Number.POSITIVE_INFINITY;
      assert.ok(match.at >= earliest, formatCase(each));
      moved += Number(match.at > earliest);
    }
  }
  assert.ok(moved > 50, `only ${moved} matches held`);
});

it("times may be shifted", () => {
  const shift = <T extends { readonly at: number }>(items: readonly T[], by: number): readonly T[] =>
    items.map((item) => ({ ...item, at: item.at + by }));
  for (const each of CASES) {
    const here = answer(each);
    const later = answer({ ...each, events: shift<OracleEvent>(each.events, 1_000), until: each.until + 1_000 });
    assert.equal(shift(later.matches, -1_000), here.matches, formatCase(each));
    assert.equal(shift(later.timedOut, -1_000), here.timedOut, formatCase(each));
  }
});

it("what is reported by an instant does not depend on what comes later", () => {
  for (const each of CASES) {
    const { pattern, events, until } = each;
    const all = answer(each);
    const known = Math.ceil(events.length / 2);
    const next = events[known]?.at ?? until;
    const cut = answer({ pattern, events: events.slice(0, known), until: next });
    const isBefore = ({ position }: { readonly position: number }): boolean => position < known + 1;
    const isDue = ({ at, position }: { readonly at: number; readonly position: number }): boolean =>
      isBefore({ position }) && at <= next;
    assert.equal(cut.matches, all.matches.filter(isDue), formatCase(each));
    assert.equal(cut.timedOut, all.timedOut.filter(isDue), formatCase(each));
  }
});

it("no match is reported twice, none times out, and deadlines come before the events that make them due", () => {
  for (const each of CASES) {
    const { matches, timedOut } = answer(each);
    const roles = matches.map(formatRoles);
    assert.is(new Set(roles).size, roles.length, formatCase(each));
    for (const run of timedOut) assert.not(roles.includes(formatRoles(run)), formatCase(each));
    for (const { at, position } of [...matches, ...timedOut]) {
      const before = each.events[Math.ceil(position) - 2];
      const after = each.events[Math.floor(position)];
      if (Number.isInteger(position)) assert.is(at, each.events[position - 1]?.at);
      else assert.ok((before?.at ?? at - 1) < at && at <= (after?.at ?? at), formatCase(each));
    }
  }
});

/** The same, in a group of two rounds at most, each step in it up to twice: so that the same match arises in several ways. */
function inRounds({ pattern, events, until }: Case): Case {
  const end = pattern.elements.findLastIndex(({ kind }) => kind !== "absence") + 1;
  const quantifier: Quantifier = { ...ONCE, max: 2, counted: true };
  const twice = (elements: readonly Element[]): readonly Element[] =>
    elements.map((element): Element => {
      if (element.kind === "absence") return element;
      if (element.kind === "group") return { ...element, elements: twice(element.elements) };
      return element.quantifier.counted ? element : { ...element, quantifier };
    });
  const body = twice(pattern.elements.slice(0, end));
  const group: Element = { kind: "group", link: null, elements: body, quantifier, maxGapMs: null };
  return {
    pattern: { ...pattern, elements: [group, ...pattern.elements.slice(end)] },
    events: events.slice(0, 7),
    until,
  };
}

it("in whatever ways the same match arises, it is complete at the same moment", () => {
  let several = 0;
  let late = 0;
  for (const each of [...CASES, ...MANY.map(inRounds)]) {
    const { pattern, events, until } = each;
    if (!isAccepted(pattern)) continue;
    const world: World = { pattern, events, now: Math.max(until, events.at(-1)?.at ?? until), future: false };
    const known = new Map<string, Verdict>();
    for (const assignment of assignments(world)) {
      const said = verdict(world, assignment);
      if (said === "broken") continue;
      const roles = formatRoles({
        taken: assignment.takes.map(({ step, position }) => ({ step: step.name, position })),
      });
      const before = known.get(roles);
      known.set(roles, said);
      if (before === undefined) continue;
      assert.equal(said, before, `${roles} of ${formatCase(each)}`);
      several += 1;
      late += Number(said === "open" || said.position !== assignment.takes.at(-1)?.position);
    }
  }
  assert.ok(
    several > 2_000 && late > 100,
    `only ${several} matches in several ways, ${late} of them not with their last event`,
  );
});

it("the notation reads what it writes", () => {
  for (const { pattern, events } of CASES) {
    assert.equal(parsePattern(formatPattern(pattern)), pattern);
    assert.equal(parseEvents(formatEvents(events)), events);
  }
});

it("what the notation does not know is refused with its place", () => {
  assert.throws(() => parsePattern("a )"), /"a \)": an element, a link or the end is missing at "\)"/);
  assert.throws(() => parsePattern("a b[v]"), /a comparison is missing/);
  assert.throws(() => parsePattern("a | ordered within 5"), /in this order/);
  assert.throws(() => parseEvents("a 7"), /"7" is no event/);
});

it("random cases are accepted, the same for the same seed, and have everything", () => {
  const texts = MANY.map(({ pattern }) => formatPattern(pattern));
  for (const { pattern } of MANY) assert.ok(isAccepted(pattern));
  assert.equal(formatCase(randomCase(42)), formatCase(randomCase(42)));
  assert.ok(new Set(texts).size > 1_000);
  const features: readonly RegExp[] = [
    /; /,
    /~ /,
    /![^ ]*\.\./,
    /!\S+[^.\d ] /,
    /\.\.\d/,
    /\(.*\(/,
    /\)[+*{]/,
    /\?/,
    /\+/,
    /\*/,
    /\{2\}/,
    /\{1,3\}/,
    /\{2,\}/,
    /[+*}]\??;/,
    /[+*}]\??~/,
    /\^/,
    /\/[a-d]/,
    /\/\[/,
    /<\d/,
    /boom/,
    /#s/,
    /sum\(/,
    /\.last\./,
    /at\(-/,
    /within/,
    /ordered/,
    /oncePer/,
    /pastLast/,
    /toNext/,
    /toFirst/,
    /toLast/,
    /orElse/,
  ];
  for (const feature of features) {
    const count = texts.filter((text) => feature.test(text)).length;
    assert.ok(count >= 10, `${feature} in ${count} of ${texts.length} patterns`);
  }
  const answers = CASES.map(answer);
  assert.ok(answers.filter(({ matches }) => matches.length > 0).length > 150, "many match");
  assert.ok(answers.filter(({ timedOut }) => timedOut.length > 0).length > 80, "many time out");
});

it("shrinking keeps what fails and throws away the rest", () => {
  const hasGreedyMatch = (each: Case): boolean =>
    /\^/.test(formatPattern(each.pattern)) && answer(each).matches.length > 0;
  const start = CASES.find((each) => hasGreedyMatch(each) && each.events.length > 6);
  assert.ok(start !== undefined);
  const small = shrink(start, hasGreedyMatch);
  assert.ok(hasGreedyMatch(small));
  assert.ok(small.events.length <= 2 && small.pattern.elements.length <= 2, formatCase(small));
});

it.run();
