// The matcher against the definition: equal matches in equal order with equal report times, and equal time-outs, on
// random patterns and streams. The oracle was written from the text of the definition alone (spec/oracle). And the laws
// that any matcher keeps on the same cases.

import { suite } from "uvu";
import { encodeKey } from "../../lib/event/key.ts";
import type { Outcome } from "../../lib/matching/matcher.ts";
import { checkPattern } from "../../lib/pattern/checks/checks.ts";
import { enumerate } from "../oracle/enumerate.ts";
import { allowMs } from "../run/ask.ts";
import { feed, throughJson } from "./drive.ts";
import { holdsFor } from "./law.ts";
import { open, run, said } from "./whole.ts";

const it = suite("matcher and definition");

const AGREEMENTS = 4_000;
const LAWS = 1_000;

allowMs(120_000);

it("agrees with the definition", () => {
  holdsFor(AGREEMENTS, (each) => {
    const { matches, timedOut } = enumerate(each.pattern, each.events, { until: each.until });
    const show = (found: (typeof matches)[number]) =>
      `${found.taken.map(({ step, position }) => `${step}:${position}`).join(" ")}@${found.at}`;
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
  holdsFor(
    LAWS,
    (each) => {
      const matcher = open(each);
      feed(matcher, each.events, Number.POSITIVE_INFINITY);
      const { keys, runs, nodes } = matcher.stats();
      return [
        [keys, runs, nodes],
        [0, 0, 0],
      ];
    },
    ({ pattern }) => checkPattern(pattern).every(({ code }) => code !== "NO_TIME_BOUND"),
  );
});

it.run();
