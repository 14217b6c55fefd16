// The made-up card traffic: what is planted is found, and nothing else, whatever the seed.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createMatcher } from "../../lib/index.ts";
import { DEMO } from "../../samples/card-testing/feed.ts";
import { cardTraffic, type Traffic } from "../../samples/card-testing/generator.ts";
import { type CardEvent, cardTesting } from "../../samples/card-testing/pattern.ts";
import { sequitur } from "../cli/command.ts";

const it = suite("samples/card-testing");
const MINUTE = 60_000;

const options = fc.record({
  seed: fc.integer(),
  cards: fc.integer({ min: 40, max: 80 }),
  startAt: fc.constantFrom(0, DEMO.startAt),
  lengthMs: fc.integer({ min: 60, max: 1_440 }).map((minutes) => minutes * MINUTE),
  attacks: fc.nat(10),
});

/** The cards with an alert, each as often as it has one. */
function found({ arrivals }: Traffic): readonly string[] {
  const matcher = createMatcher(cardTesting, { key: (e) => e.card, time: (e) => e.at, outOfOrderness: "5s" });
  const matches = [...arrivals.flatMap(({ event }) => matcher.push(event)), ...matcher.finish()];
  assert.is(matcher.stats().late, 0);
  return matches.map(({ value }) => value.card).sort();
}

function planted({ stories }: Traffic, kind: string): readonly string[] {
  return stories
    .filter((story) => story.kind === kind)
    .map(({ card }) => card)
    .sort();
}

it("holds as many attacks as were asked for, and as many of each kind that looks like one", () => {
  void fc.assert(
    fc.property(options, (given) => {
      const traffic = cardTraffic(given);
      for (const kind of ["attack", "blocked", "slow", "tourist"])
        assert.is(planted(traffic, kind).length, given.attacks);
      assert.is(new Set(traffic.stories.map(({ card }) => card)).size, 4 * given.attacks);
    }),
  );
});

it("is alerted once for each attack, and for nothing else", () => {
  void fc.assert(
    fc.property(options, (given) => {
      const traffic = cardTraffic(given);
      assert.equal(found(traffic), planted(traffic, "attack"));
    }),
  );
});

it("has the attacks that a plain loop finds", () => {
  void fc.assert(
    fc.property(options, (given) => {
      const traffic = cardTraffic(given);
      assert.equal(attackedCards(traffic), planted(traffic, "attack"));
    }),
  );
});

it("is the same for the same seed, and arrives in order within five seconds of happening", () => {
  void fc.assert(
    fc.property(options, (given) => {
      const { arrivals } = cardTraffic(given);
      assert.equal(arrivals, cardTraffic(given).arrivals);
      arrivals.forEach(({ arrivesAt, event }, index) => {
        assert.ok(arrivesAt >= (arrivals[index - 1]?.arrivesAt ?? arrivesAt));
        assert.ok(arrivesAt >= event.at && arrivesAt < event.at + 5_000);
      });
    }),
    { numRuns: 20 },
  );
});

it("is what the command shows, and ends by itself where nobody watches", async () => {
  const { code, stdout, stderr } = await sequitur(["run", "samples/card-testing/service.ts", "--json"], {
    cwd: process.cwd(),
  });
  assert.is(code, 0, stderr);
  const alerts = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { value: { card: string } });
  assert.equal(alerts.map(({ value }) => value.card).sort(), planted(cardTraffic(DEMO), "attack"));
});

/** For each large charge: are the last three tiny ones of its card from another country, recent, and not followed by a block? */
function attackedCards({ arrivals }: Traffic): readonly string[] {
  const events = arrivals.map(({ event }) => event).sort((a, b) => a.at - b.at);
  const attacked = events.flatMap((cashOut, index) => {
    if (cashOut.type !== "charge" || cashOut.amount <= 500) return [];
    const before = events.slice(0, index).filter(({ card }) => card === cashOut.card);
    const tiny = before.filter((event): event is Charge => event.type === "charge" && event.amount < 2).slice(-3);
    const [first, last] = [tiny[0], tiny[2]];
    if (first === undefined || last === undefined) return [];
    const blocked = before.some((event) => event.type === "block" && event.at > first.at);
    const isAttack = !blocked && cashOut.at - first.at < 10 * MINUTE && cashOut.country !== last.country;
    return isAttack ? [cashOut.card] : [];
  });
  return attacked.sort();
}

type Charge = Extract<CardEvent, { type: "charge" }>;

it.run();
