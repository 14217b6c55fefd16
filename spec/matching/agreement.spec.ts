// The matcher against the definition: equal matches in equal order with equal report times, and equal time-outs, on
// random patterns and streams. The oracle was written from the text of the definition alone (spec/oracle). And the laws
// that any matcher keeps on the same cases.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeKey } from "../../lib/event/key.ts";
import type { KeyedMatcher, Outcome } from "../../lib/matching/matcher.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { type Case, formatCase, randomCase } from "../oracle/random.ts";
import { shrink } from "../oracle/shrink.ts";
import { feed, matcherOf, matchesOf, throughJson, timedOutOf } from "./drive.ts";

const it = suite("matcher and definition");

const AGREEMENTS = 3_000;
const LAWS = 1_000;

const UNLIMITED = { maxMatchesPerEvent: 1e6, maxRunsPerKey: 1e6, maxNodesPerKey: 1e6 };

const open = ({ pattern }: Case): KeyedMatcher => matcherOf(pattern, { timedOut: "all", limits: UNLIMITED });

/** What a matcher said, as text: matches and time-outs, each in its order. */
const said = (outcomes: readonly Outcome[]) => ({ matches: matchesOf(outcomes), timedOut: timedOutOf(outcomes) });

const run = (each: Case, between?: (index: number) => void) => said(feed(open(each), each.events, each.until, between));

/** Checks a claim on the cases of seeds 1 to `count`; the smallest case that breaks it is shown with both answers. */
function holdsFor(count: number, answers: (each: Case) => readonly [unknown, unknown]): void {
  const breaks = (each: Case): boolean => {
    const [left, right] = answers(each);
    return JSON.stringify(left) !== JSON.stringify(right);
  };
  for (let seed = 1; seed <= count; seed++) {
    const found = randomCase(seed);
    if (!breaks(found)) continue;
    const smallest = shrink(found, breaks);
    assert.equal(...answers(smallest), `seed ${seed}: ${formatCase(smallest)}`);
  }
}

it("agrees with the definition", () => {
  holdsFor(AGREEMENTS, (each) => {
    const { matches, timedOut } = enumerate(each.pattern, each.events, { until: each.until });
    const show = (found: (typeof matches)[number]) =>
      `${found.taken.map(({ step, position }) => `${step}${position}`).join(" ")}@${found.at}`;
    return [run(each), { matches: matches.map(show), timedOut: timedOut.map(show) }];
  });
});

it("goes on as if nothing had happened after being saved and restored before every event", () => {
  holdsFor(LAWS, (each) => {
    let matcher = open(each);
    const outcomes: Outcome[] = [];
    for (const [index, event] of each.events.entries()) {
      const next = open(each);
      next.restore(throughJson(matcher.save()));
      matcher = next;
      outcomes.push(
        ...matcher.onEvent("k", { ...event, origin: { topic: "t", partition: 0, offset: BigInt(index + 1) } }),
      );
    }
    const last = open(each);
    last.restore(throughJson(matcher.save()));
    return [said([...outcomes, ...last.advanceTo(each.until)]), run(each)];
  });
});

it("saves what it restored", () => {
  holdsFor(LAWS, (each) => {
    const matcher = open(each);
    feed(matcher, each.events, each.events.at(-1)?.at ?? 0);
    const state = throughJson(matcher.save());
    const next = open(each);
    next.restore(state);
    return [throughJson(next.save()), state];
  });
});

it("says the same whether or not it is told the time between events", () => {
  holdsFor(LAWS, (each) => {
    const matcher = open(each);
    const outcomes = each.events.flatMap(({ value, at }, index) => {
      const before = (each.events[index - 1]?.at ?? at - 5) + (index % 3) - 1;
      const told = matcher.advanceTo(Math.min(before, at - 1));
      return [
        ...told,
        ...matcher.onEvent("k", { value, at, origin: { topic: "t", partition: 0, offset: BigInt(index + 1) } }),
      ];
    });
    return [said([...outcomes, ...matcher.advanceTo(each.until)]), run(each)];
  });
});

it("says of each key what it would say of that key alone", () => {
  holdsFor(LAWS, (each) => {
    const keys = ["left", 2, "right"] as const;
    const together = open(each);
    const outcomes = each.events.flatMap(({ value, at }, index) =>
      together.onEvent(keys[index % 3] ?? "", {
        value,
        at,
        origin: { topic: "t", partition: 0, offset: BigInt(index + 1) },
      }),
    );
    outcomes.push(...together.advanceTo(each.until));
    const ofKey = (key: string | number) =>
      said(outcomes.filter((outcome) => encodeKey(outcome.key) === encodeKey(key)));
    const alone = keys.map((key, lane) => {
      const matcher = open(each);
      const own = each.events.flatMap(({ value, at }, index) =>
        index % 3 === lane
          ? matcher.onEvent(key, { value, at, origin: { topic: "t", partition: 0, offset: BigInt(index + 1) } })
          : [],
      );
      return said([...own, ...matcher.advanceTo(each.until)]);
    });
    return [keys.map(ofKey), alone];
  });
});

it("says the same later if all happens later", () => {
  const later = 1_700_000_000_000;
  const shift = (text: string) => text.replace(/@(.*)$/, (_, at: string) => `@${Number(at) + later}`);
  holdsFor(LAWS, (each) => {
    const { matches, timedOut } = run(each);
    const shifted = {
      ...each,
      events: each.events.map(({ value, at }) => ({ value, at: at + later })),
      until: each.until + later,
    };
    return [run(shifted), { matches: matches.map(shift), timedOut: timedOut.map(shift) }];
  });
});

it("gives every match an id of its own", () => {
  holdsFor(LAWS, (each) => {
    const ids = feed(open(each), each.events, each.until).flatMap((outcome) =>
      outcome.kind === "match" || outcome.kind === "timedOut" ? [outcome.id] : [],
    );
    return [new Set(ids).size, ids.length];
  });
});

it("holds nothing at the end of time if the pattern has a time bound", () => {
  holdsFor(LAWS, (each) => {
    if (each.pattern.withinMs === null) return [0, 0];
    const matcher = open(each);
    feed(matcher, each.events, Number.POSITIVE_INFINITY);
    return [
      [matcher.stats().keys, matcher.stats().runs],
      [0, 0],
    ];
  });
});

it.run();
