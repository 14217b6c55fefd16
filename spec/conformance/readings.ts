// The ways in which Flink reads patterns otherwise than they are written.

import type { Element } from "../../lib/pattern/ast.ts";
import type { FlinkCase } from "./case.ts";
import { withoutLostAbsences } from "./readings-of-absences.ts";
import { withoutAnyGaps, withoutMisplacedGaps } from "./readings-of-gaps.ts";
import { withoutLastGreed, withoutLostGreed } from "./readings-of-greed.ts";
import {
  withEmptyIterations,
  withOpenExits,
  withOverwrittenHeads,
  withoutOuterUntils,
  withoutUntilsBehindExits,
} from "./readings-of-groups.ts";

/** Another reading of a pattern: what becomes of its elements; `null` leaves one out. Empty where it is the same. */
export type Reading = (asked: FlinkCase) => ReadonlyMap<Element, (element: Element) => Element | null>;

/** The elements of a case as read; the same list for the same list of readings. */
export function readBy(readings: readonly Reading[], asked: FlinkCase): readonly Element[] {
  const known = READ.get(asked) ?? new WeakMap<readonly Reading[], readonly Element[]>();
  READ.set(asked, known);
  const elements = known.get(readings) ?? read(readings, asked);
  known.set(readings, elements);
  return elements;
}

const READ = new WeakMap<FlinkCase, WeakMap<readonly Reading[], readonly Element[]>>();

function read(readings: readonly Reading[], asked: FlinkCase): readonly Element[] {
  const edits = readings.map((reading) => reading(asked)).filter(({ size }) => size > 0);
  return edits.length === 0 ? asked.pattern.elements : edit(asked.pattern.elements, edits);
}

function edit(elements: readonly Element[], edits: readonly ReturnType<Reading>[]): readonly Element[] {
  return elements.flatMap((element): readonly Element[] => {
    const edited = edits.reduce<Element | null>((read, each) => {
      const change = each.get(element);
      return read === null || change === undefined ? read : change(read);
    }, element);
    if (edited === null) return [];
    return edited.kind === "group" ? [{ ...edited, elements: edit(edited.elements, edits) }] : [edited];
  });
}

/** All of them; what loosens a link comes after what tightens it. */
export const READINGS: readonly Reading[] = [
  withOverwrittenHeads,
  withEmptyIterations,
  withOpenExits,
  withoutOuterUntils,
  withoutLostAbsences,
  withoutLostGreed,
  withoutLastGreed,
  withoutMisplacedGaps,
];

/** All of them, and without the limits that end runs, of which Flink keeps some elsewhere. */
export const READINGS_WITHOUT_GAPS: readonly Reading[] = [...READINGS, withoutAnyGaps];

/** As it is written, and as Flink reads it. */
export const WAYS_TO_READ: readonly (readonly Reading[])[] = [
  [],
  READINGS,
  READINGS_WITHOUT_GAPS,
  [...READINGS, withoutUntilsBehindExits],
];
