// Streams of one key near those of a material: one or two of them, one after the other, with some changes.
//
//     base ─▶ base ─ insert, remove, repeat, change a field, copy a field, move in time ─▶ stream

import fc from "fast-check";
import { unreachable } from "../core/errors.ts";
import { fieldOf } from "../pattern/expression/evaluate.ts";
import type { StreamEvent } from "./finder.ts";
import type { Material } from "./material.ts";
import { withField } from "./solve.ts";

/** Numbers stand for places, events, fields and values; those that are too large go round. */
type Edit =
  | { readonly kind: "insert"; readonly place: number; readonly event: number; readonly gap: number }
  | { readonly kind: "remove"; readonly place: number }
  | { readonly kind: "repeat"; readonly place: number; readonly gap: number }
  | { readonly kind: "change"; readonly place: number; readonly field: number; readonly value: number }
  /** A value of an earlier event, or one beside it: for conditions that compare two events. */
  | {
      readonly kind: "copy";
      readonly place: number;
      readonly from: number;
      readonly field: number;
      readonly by: number;
    }
  | { readonly kind: "move"; readonly place: number; readonly gap: number; readonly since: "first" | "previous" };

/** An event and how long after the one before it comes. */
type Spaced = { readonly value: object; readonly gapMs: number };

const MAX_EDITS = 5;

/** Streams near the bases of `material`, in order of time, from 0 on. May be empty. */
export function streamsNear(material: Material): fc.Arbitrary<readonly StreamEvent[]> {
  const bases = material.bases.length > 0 ? material.bases : [[]];
  const chosen = fc.array(fc.nat(bases.length - 1), { minLength: 1, maxLength: 2 });
  return fc.tuple(chosen, fc.array(editOf(material), { maxLength: MAX_EDITS })).map(([indexes, edits]) => {
    const joined = indexes.flatMap((index) => spaced(bases[index] ?? []));
    return inTime(edits.reduce<readonly Spaced[]>((stream, edit) => edited(stream, edit, material), joined));
  });
}

function editOf({ events, fields, durationsMs }: Material): fc.Arbitrary<Edit> {
  const place = fc.nat(1_000);
  const gap = fc.nat(gapsOf(durationsMs).length - 1);
  const field = fc.nat(Math.max(0, fields.length - 1));
  const kind = <K extends Edit["kind"]>(name: K): fc.Arbitrary<K> => fc.constant(name);
  const since = fc.constantFrom("first" as const, "previous" as const);
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: kind("insert"), place, event: fc.nat(Math.max(0, events.length - 1)), gap }),
    },
    { weight: 2, arbitrary: fc.record({ kind: kind("remove"), place }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("repeat"), place, gap }) },
    { weight: 3, arbitrary: fc.record({ kind: kind("change"), place, field, value: fc.nat(1_000) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: kind("copy"), place, from: place, field, by: fc.integer({ min: -1, max: 1 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: kind("move"), place, gap, since }) },
  );
}

/** Lengths of time worth trying: none, little, and just below, at and above each of the pattern's. */
function gapsOf(durationsMs: readonly number[]): readonly number[] {
  return [0, 1, 1_000, ...durationsMs.flatMap((ms) => [ms - 1, ms, ms + 1])].filter((ms) => ms >= 0);
}

function edited(stream: readonly Spaced[], edit: Edit, material: Material): readonly Spaced[] {
  if (edit.kind === "insert") {
    const value = around(material.events, edit.event);
    if (value === undefined) return stream;
    return stream.toSpliced(edit.place % (stream.length + 1), 0, { value, gapMs: gapIn(material, edit.gap) });
  }
  const index = edit.place % Math.max(1, stream.length);
  const event = stream[index];
  if (event === undefined) return stream;
  switch (edit.kind) {
    case "remove":
      return stream.toSpliced(index, 1);
    case "repeat":
      return stream.toSpliced(index, 0, { value: event.value, gapMs: gapIn(material, edit.gap) });
    case "change": {
      const field = around(material.fields, edit.field);
      if (field === undefined) return stream;
      return stream.with(index, {
        ...event,
        value: withField(event.value, field.path, around(field.values, edit.value)),
      });
    }
    case "copy": {
      const [field, from] = [around(material.fields, edit.field), stream[edit.from % (index + 1)]];
      if (field === undefined || from === undefined) return stream;
      const found = fieldOf(from.value, field.path);
      const value = typeof found === "number" ? found + edit.by : found;
      return stream.with(index, { ...event, value: withField(event.value, field.path, value) });
    }
    case "move": {
      const gapMs = gapIn(material, edit.gap);
      if (edit.since === "previous") return stream.with(index, { ...event, gapMs });
      const before = stream.slice(1, index).reduce((sum, each) => sum + each.gapMs, 0);
      return stream.with(index, { ...event, gapMs: Math.max(0, gapMs - before) });
    }
    default:
      return unreachable(edit);
  }
}

function gapIn({ durationsMs }: Material, index: number): number {
  return gapsOf(durationsMs)[index] ?? 0;
}

function around<T>(things: readonly T[], index: number): T | undefined {
  return things[index % Math.max(1, things.length)];
}

function spaced(stream: readonly StreamEvent[]): readonly Spaced[] {
  return stream.map(({ value, at }, index) => ({ value, gapMs: at - (stream[index - 1]?.at ?? 0) }));
}

/** The first event is at 0, whatever gap it has. */
function inTime(stream: readonly Spaced[]): readonly StreamEvent[] {
  let at = 0;
  return stream.map(({ value, gapMs }, index) => {
    at += index === 0 ? 0 : gapMs;
    return { value, at };
  });
}
