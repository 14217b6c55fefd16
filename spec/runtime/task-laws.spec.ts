// The laws of the task: what it says depends on the logs alone, not on how they were cut, mixed or worked off; every record
// is accounted for, once; and what may be acknowledged is done with.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Emission } from "../../lib/runtime/alert.ts";
import type { Task, TaskInput } from "../../lib/runtime/task.ts";
import { alertsOf, batch, copiesOf, echo, input, NOW, originOf, record, startTask, type Told } from "./kit.ts";
import { type Logs, logs, next, type Settings, settings, type Turns, turns } from "./random-logs.ts";

const it = suite("task, laws");

type Run = { readonly task: Task; readonly out: readonly Emission[]; readonly seen: readonly string[] };

/** Feeds the logs to a task, in turns, and watches it after each step. */
function run(given: Logs, { xMs, yMs }: Settings, turns: Turns | null, watch?: (run: Run) => void): Run {
  const seen: string[] = [];
  const inputs = [input("x", { outOfOrdernessMs: xMs }), input("y", { outOfOrdernessMs: yMs })];
  const { task, out, drive } = startTask({ inputs, patterns: [echo("p", seen), echo("q")] }, 2);
  const left = new Map([...given].map(([place, records]) => [place, [...records]]));
  const step = (told: TaskInput): void => {
    drive(told, turns === null ? 1_000 : next(turns.work));
    watch?.({ task, out, seen });
  };
  while (left.size > 0) {
    const places = [...left.keys()];
    const place = places[(turns === null ? 0 : next(turns.choices)) % places.length] ?? "";
    const [topic = "", partition] = place.split("/");
    const records = left.get(place) ?? [];
    const piece = records.splice(0, turns === null ? records.length : next(turns.sizes));
    if (piece.length > 0) step({ kind: "batch", batch: batch(topic, piece, Number(partition)), readAt: NOW });
    if (records.length > 0) continue;
    left.delete(place);
    step({ kind: "ended", partition: { topic, partition: Number(partition) } });
  }
  return { task, out, seen };
}

it("says the same however the logs are cut into batches, mixed, and worked off", () => {
  fc.assert(
    fc.property(logs, settings, turns, turns, (given, how, one, other) => {
      const [left, right] = [run(given, how, one), run(given, how, other)];
      for (const lane of ["0", "1"]) {
        const ofLane = (all: readonly unknown[]): readonly unknown[] =>
          all.filter(
            (alert) => (alert as { provenance: { partition: number }[] }).provenance[0]?.partition === Number(lane),
          );
        assert.equal(ofLane(alertsOf(left.out)), ofLane(alertsOf(right.out)));
      }
      assert.equal(copiesOf(left.out), copiesOf(right.out));
      assert.equal(left.task.tally(), right.task.tally());
    }),
    { numRuns: 1_000 },
  );
});

it("alerts of a lane come in order of time", () => {
  fc.assert(
    fc.property(logs, settings, turns, (given, how, cuts) => {
      const times = new Map<number, string>();
      for (const alert of alertsOf(run(given, how, cuts).out) as {
        at: string;
        provenance: { partition: number }[];
      }[]) {
        const lane = alert.provenance[0]?.partition ?? -1;
        assert.ok((times.get(lane) ?? "") <= alert.at);
        times.set(lane, alert.at);
      }
    }),
    { numRuns: 1_000 },
  );
});

it("accounts for every record, once: matched, late, or dead", () => {
  fc.assert(
    fc.property(logs, settings, turns, (given, how, cuts) => {
      const { task, out, seen } = run(given, how, cuts);
      const copies = out.filter(({ record: each }) => each.headers.has("sequitur-offset"));
      const found = [...seen, ...copies.map(({ record: each }) => originOf(each))].sort();
      const all = [...given].flatMap(([place, records]) => records.map(({ offset }) => `${place}/${offset}`)).sort();
      assert.equal(found, all);
      for (const topic of task.tally().topics) {
        const { records, onTime, late, deadLettered, skipped, waiting } = topic;
        assert.is(records, onTime + late + deadLettered + skipped);
        assert.is(waiting, 0);
        const inLogs = [...given].filter(([place]) => place.startsWith(topic.topic)).flatMap(([, each]) => each);
        assert.is(records, inLogs.length);
      }
    }),
    { numRuns: 1_000 },
  );
});

it("counts exactly at every moment, too", () => {
  fc.assert(
    fc.property(logs, settings, turns, (given, how, cuts) => {
      run(given, how, cuts, ({ task }) => {
        for (const { records, onTime, late, deadLettered, waiting } of task.tally().topics) {
          assert.is(records, onTime + late + deadLettered + waiting);
        }
      });
    }),
    { numRuns: 1_000 },
  );
});

it("late is who is at or below the watermark of his own partition, whatever the others do", () => {
  fc.assert(
    fc.property(logs, settings, turns, (given, how, cuts) => {
      const expected: string[] = [];
      for (const [place, records] of given) {
        let newest = Number.NEGATIVE_INFINITY;
        for (const { offset, value } of records) {
          const told = timeOf(value);
          if (told === null) continue;
          if (told <= newest - (place.startsWith("x") ? how.xMs : how.yMs) - 1) expected.push(`${place}/${offset}`);
          newest = Math.max(newest, told);
        }
      }
      const late = run(given, how, cuts).out.filter(({ kind }) => kind === "late");
      assert.equal(late.map(({ record: each }) => originOf(each)).sort(), expected.sort());
    }),
    { numRuns: 1_000 },
  );
});

/** The time of a record that is an event of `logs`, judged without the code under test. */
function timeOf(value: Uint8Array | null): number | null {
  try {
    const told = JSON.parse(Buffer.from(value ?? []).toString()) as Told;
    return typeof told.k === "string" && typeof told.t === "number" && told.t < NOW + 1_000 ? told.t : null;
  } catch {
    return null;
  }
}

it("what may be acknowledged is done with: its effects were said before", () => {
  fc.assert(
    fc.property(logs, settings, turns, (given, how, cuts) => {
      run(given, how, cuts, ({ task, out, seen }) => {
        const done = new Set([
          ...seen,
          ...out
            .filter(({ record: each }) => each.headers.has("sequitur-offset"))
            .map(({ record: each }) => originOf(each)),
        ]);
        for (const { topic, partition, position } of task.positions()) {
          const before = (given.get(`${topic}/${partition}`) ?? []).filter(({ offset }) => offset < position);
          for (const { offset } of before)
            assert.ok(done.has(`${topic}/${partition}/${offset}`), `${topic}/${partition}/${offset}`);
        }
      });
    }),
    { numRuns: 1_000 },
  );
});

it("gives the same alerts for every order of arrival within the bound", () => {
  const events = fc.array(fc.record({ delay: fc.nat(20), alarm: fc.option(fc.nat(15), { nil: undefined }) }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 5 }), (list, cut) => {
      const say = (order: readonly number[]): unknown => {
        const { out, drive } = startTask({ inputs: [input("in", { outOfOrdernessMs: 20 })] });
        const records = order.map((n, offset) =>
          record(offset, { k: "a", t: 3 * n, n, hit: true, ...(list[n]?.alarm ? { alarm: list[n].alarm } : {}) }),
        );
        for (let at = 0; at < records.length; at += cut)
          drive({ kind: "batch", batch: batch("in", records.slice(at, at + cut)), readAt: NOW });
        drive({ kind: "ended", partition: { topic: "in", partition: 0 } });
        assert.is(out.filter(({ kind }) => kind === "late").length, 0);
        return alertsOf(out)
          .map((alert) => {
            const { at, value } = alert as { at: string; value: { n: number } };
            return `${at} ${value.n}`;
          })
          .sort();
      };
      const sorted = list.map((_, n) => n);
      const arrival = [...sorted].sort((a, b) => 3 * a + (list[a]?.delay ?? 0) - 3 * b - (list[b]?.delay ?? 0));
      assert.equal(say(arrival), say(sorted));
    }),
    { numRuns: 1_000 },
  );
});

it.run();
