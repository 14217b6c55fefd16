// Lanes to members, as laws; that no assignment keeps more lanes is checked against all balanced assignments there are.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assignLanes, type Member } from "../../../lib/transports/kafka/assign.ts";
import { note } from "../../run/ask.ts";

const it = suite("assign");
const RUNS = { numRuns: 2_000 };

/** A group in which members claim anything: each other's lanes, lanes twice, lanes that do not exist. */
function groups(maxMembers: number, maxLanes: number): fc.Arbitrary<{ members: Member[]; laneCount: number }> {
  return fc.nat(maxLanes).chain((laneCount) => {
    const member = fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      instance: fc.constantFrom("a", "b", "c"),
      owned: fc.array(fc.integer({ min: -1, max: laneCount + 1 }), { maxLength: laneCount + 3 }),
    });
    const members = fc.uniqueArray(member, { selector: ({ id }) => id, maxLength: maxMembers });
    return fc.record({ members, laneCount: fc.constant(laneCount) });
  });
}

/** The same group, each member claiming what `assignment` gives it. */
function holding(members: readonly Member[], assignment: ReadonlyMap<string, readonly number[]>): Member[] {
  return members.map((member) => ({ ...member, owned: assignment.get(member.id) ?? [] }));
}

/** How many lanes stay with a member that claims them. */
function keptBy(members: readonly Member[], assignment: ReadonlyMap<string, readonly number[]>): number {
  const kept = members.flatMap(({ id, owned }) => (assignment.get(id) ?? []).filter((lane) => owned.includes(lane)));
  return kept.length;
}

/** The most lanes that any balanced assignment keeps, by trying every one. */
function mostKept(members: readonly Member[], laneCount: number): number {
  const most = Math.ceil(laneCount / members.length);
  const least = Math.floor(laneCount / members.length);
  const loads = members.map(() => 0);
  const search = (lane: number): number => {
    if (lane === laneCount) return loads.every((load) => load >= least) ? 0 : Number.NEGATIVE_INFINITY;
    let best = Number.NEGATIVE_INFINITY;
    members.forEach(({ owned }, index) => {
      if (loads[index] === most) return;
      loads[index] = (loads[index] ?? 0) + 1;
      best = Math.max(best, search(lane + 1) + (owned.includes(lane) ? 1 : 0));
      loads[index] = (loads[index] ?? 0) - 1;
    });
    return best;
  };
  return search(0);
}

it("gives every lane to exactly one member, balanced to within one", () => {
  fc.assert(
    fc.property(groups(7, 20), ({ members, laneCount }) => {
      const assignment = assignLanes(members, laneCount);
      assert.equal([...assignment.keys()].sort(), members.map(({ id }) => id).sort());
      if (members.length === 0) return;
      const lanes = [...assignment.values()].flat().sort((a, b) => a - b);
      assert.equal(
        lanes,
        Array.from({ length: laneCount }, (_, lane) => lane),
      );
      const loads = [...assignment.values()].map((each) => each.length);
      assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, `loads ${loads}`);
    }),
    RUNS,
  );
});

it("keeps as many lanes as any balanced assignment can", () => {
  let moved = 0;
  fc.assert(
    fc.property(groups(4, 7), ({ members, laneCount }) => {
      fc.pre(members.length > 0);
      const kept = keptBy(members, assignLanes(members, laneCount));
      assert.is(kept, mostKept(members, laneCount));
      if (kept < new Set(members.flatMap(({ owned }) => owned)).size) moved += 1;
    }),
    RUNS,
  );
  assert.ok(moved > 50, `only ${moved} groups in which a claim had to be given up`);
  note(`${moved} groups in which a claim had to be given up`);
});

it("does not depend on the order of members or of their claims", () => {
  const shuffled = groups(6, 15).chain(({ members, laneCount }) =>
    fc.record({
      members: fc.constant(members),
      laneCount: fc.constant(laneCount),
      others: fc.shuffledSubarray(members, { minLength: members.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ members, laneCount, others }) => {
      const backwards = others.map((member) => ({ ...member, owned: [...member.owned].reverse() }));
      const sorted = (map: ReadonlyMap<string, readonly number[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.equal(sorted(assignLanes(backwards, laneCount)), sorted(assignLanes(members, laneCount)));
    }),
    RUNS,
  );
});

it("stays as it is when it is fed back", () => {
  fc.assert(
    fc.property(groups(6, 15), ({ members, laneCount }) => {
      const once = assignLanes(members, laneCount);
      assert.equal(assignLanes(holding(members, once), laneCount), once);
    }),
    RUNS,
  );
});

it("moves no more than it must when members come and go", () => {
  const changes = fc.record({
    laneCount: fc.integer({ min: 1, max: 30 }),
    before: fc.integer({ min: 1, max: 8 }),
    after: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(changes, ({ laneCount, before, after }) => {
      const group = (count: number): Member[] =>
        Array.from({ length: count }, (_, n) => ({ id: `m${n}`, instance: `i${n}`, owned: [] }));
      const old = assignLanes(group(before), laneCount);
      const members = holding(group(after), old);
      const moved = laneCount - keptBy(members, assignLanes(members, laneCount));
      // Those who left give up all they had; those who stay give up what is beyond their new share.
      const share = (count: number): number[] =>
        Array.from({ length: count }, (_, n) => Math.floor(laneCount / count) + (n < laneCount % count ? 1 : 0));
      const kept = share(before)
        .slice(0, after)
        .reduce((sum, load, n) => sum + Math.min(load, share(after)[n] ?? 0), 0);
      assert.is(moved, laneCount - kept);
    }),
    RUNS,
  );
});

it("gives a lane that two claim to the one that would keep less without it", () => {
  const owned = (id: string, ...lanes: number[]): Member => ({ id, instance: id, owned: lanes });
  const assignment = assignLanes([owned("a", 0, 1, 2, 3), owned("b", 3, 4), owned("c")], 6);
  assert.equal(
    [...assignment],
    [
      ["a", [0, 1]],
      ["b", [3, 4]],
      ["c", [2, 5]],
    ],
  );
});

it("leaves members without lanes where there are more members than lanes, and has no answer without members", () => {
  const members = ["a", "b", "c"].map((id) => ({ id, instance: id, owned: id === "c" ? [0] : [] }));
  assert.equal(
    [...assignLanes(members, 1)],
    [
      ["a", []],
      ["b", []],
      ["c", [0]],
    ],
  );
  assert.is(assignLanes([], 5).size, 0);
});

it("deals lanes in turn when nobody holds any, so that neighbours are at different members", () => {
  const members = ["b", "a"].map((id) => ({ id, instance: "i", owned: [] }));
  assert.equal(assignLanes(members, 5).get("a"), [0, 2, 4]);
});

it("assigns ten thousand lanes to two hundred members, also when all are disputed", () => {
  const members = (owned: (n: number) => number[]): Member[] =>
    Array.from({ length: 200 }, (_, n) => ({ id: `m${n}`, instance: "i", owned: owned(n) }));
  const one = assignLanes(
    members((n) => (n === 0 ? Array.from({ length: 10_000 }, (_, lane) => lane) : [])),
    10_000,
  );
  assert.equal(new Set([...one.values()].map((lanes) => lanes.length)), new Set([50]));
  const twice = members((n) => Array.from({ length: 100 }, (_, at) => ((n + at) * 50) % 10_000));
  assert.is([...assignLanes(twice, 10_000).values()].flat().length, 10_000);
});

it.run();
