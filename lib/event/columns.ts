// Events as columns: of each field that is needed an array over the events of a batch, so that reading one is reading an
// array, and no object need be built. Who fills them may be whoever has the events, be it as objects or as bytes.
//
//     events                                  ["type"]          ["amount"]
//     {"type":"charge","amount":7}     row 0  text    0         number  7        texts   0 "charge"
//     {"type":"block"}                     1  text    1         missing                  1 "block"
//     {"type":"charge","amount":[1]}       2  text    0         other ─▶ eventAt(2)
//
// A cell holds what conditions mostly ask for. What else a field may be, and what is not in columns at all, is read from
// the event itself, which `eventAt` gives: that is slow, and always right.

import { fieldOf } from "../pattern/expression/evaluate.ts";
import { type EventReader, isEqual, isInRange, OBJECTS } from "../pattern/expression/event-reader.ts";
import type { Literal } from "../pattern/expression/expression.ts";

/** What a cell holds. `other`: what the event holds, which has to be asked; so it is never wrong, only slow. */
export const CELL: Readonly<Record<"missing" | "null" | "false" | "true" | "number" | "text" | "other", number>> =
  Object.freeze({ missing: 0, null: 1, false: 2, true: 3, number: 4, text: 5, other: 6 });

/** One field of the events of a batch. */
export type Column = {
  readonly path: readonly string[];
  /** By row, one of `CELL`. */
  readonly kinds: Uint8Array;
  /** By row: of a `number` its value, of a `text` its index in `texts`. */
  readonly numbers: Float64Array;
};

/** A batch of events. Whoever fills it may do so again and again: what was prepared for it stays valid. */
export type Columns = {
  /** One per path, in the order of these. */
  readonly columns: readonly Column[];
  /** The texts of the batch, each once or several times. */
  readonly texts: string[];
  /** Reads the events of the batch, by row. */
  readonly reader: EventReader<number>;
};

/**
 * Columns in which every cell is missing, for up to `capacity` events. Space: 9 bytes per cell.
 *
 * @param eventAt gives the event of a row as a whole; asked for what is not in columns.
 */
export function createColumns(
  paths: readonly (readonly string[])[],
  capacity: number,
  eventAt: (row: number) => unknown,
): Columns {
  const columns = paths.map((path): Column => {
    return { path, kinds: new Uint8Array(capacity), numbers: new Float64Array(capacity) };
  });
  const texts: string[] = [];
  return { columns, texts, reader: createReader(columns, texts, eventAt) };
}

/** Columns filled from objects, as they are now. A field that throws is left for whoever asks for it. */
export function columnsOf(events: readonly unknown[], paths: readonly (readonly string[])[]): Columns {
  const filled = createColumns(paths, events.length, (row) => events[row]);
  const indexes = new Map<string, number>();
  const intern = (text: string): number => {
    const index = indexes.get(text) ?? filled.texts.push(text) - 1;
    indexes.set(text, index);
    return index;
  };
  for (const column of filled.columns) {
    for (const [row, event] of events.entries()) putField(column, row, event, intern);
  }
  return filled;
}

function putField(
  { path, kinds, numbers }: Column,
  row: number,
  event: unknown,
  intern: (text: string) => number,
): void {
  try {
    const value = fieldOf(event, path);
    kinds[row] = kindOf(value);
    if (typeof value === "number") numbers[row] = value;
    if (typeof value === "string") numbers[row] = intern(value);
  } catch {
    kinds[row] = CELL.other;
  }
}

function kindOf(value: unknown): number {
  if (value === null) return CELL.null;
  switch (typeof value) {
    case "undefined":
      return CELL.missing;
    case "boolean":
      return value ? CELL.true : CELL.false;
    case "number":
      return CELL.number;
    case "string":
      return CELL.text;
    default:
      return CELL.other;
  }
}

function createReader(
  columns: readonly Column[],
  texts: readonly string[],
  eventAt: (row: number) => unknown,
): EventReader<number> {
  const byPath = new Map(columns.map((column) => [JSON.stringify(column.path), column]));
  const columnOf = (path: readonly string[]): Column | undefined => byPath.get(JSON.stringify(path));
  const slowly = (path: readonly string[]): ((row: number) => unknown) => {
    const read = OBJECTS.field(path);
    return (row) => read(eventAt(row));
  };
  const field = (path: readonly string[]): ((row: number) => unknown) => {
    const column = columnOf(path);
    return column === undefined ? slowly(path) : valueIn(column, texts, slowly(path));
  };
  return Object.freeze({
    field,
    equals: (path: readonly string[], literal: Literal) => {
      const column = columnOf(path);
      const otherwise = isEqual(slowly(path), literal);
      if (column === undefined) return otherwise;
      if (typeof literal === "string") return textIn(column, texts, literal, otherwise);
      return typeof literal === "number"
        ? inRangeIn(column, literal, literal, otherwise)
        : isEqual(field(path), literal);
    },
    inRange: (path: readonly string[], low: number, high: number) => {
      const column = columnOf(path);
      const otherwise = isInRange(slowly(path), low, high);
      return column === undefined ? otherwise : inRangeIn(column, low, high, otherwise);
    },
    event: eventAt,
  });
}

function valueIn(
  { kinds, numbers }: Column,
  texts: readonly string[],
  otherwise: (row: number) => unknown,
): (row: number) => unknown {
  return (row) => {
    switch (kinds[row]) {
      case CELL.number:
        return numbers[row];
      case CELL.text:
        return texts[numbers[row] as number];
      case CELL.true:
        return true;
      case CELL.false:
        return false;
      case CELL.null:
        return null;
      case CELL.missing:
        return undefined;
      default:
        return otherwise(row);
    }
  };
}

function textIn(
  { kinds, numbers }: Column,
  texts: readonly string[],
  text: string,
  otherwise: (row: number) => boolean,
): (row: number) => boolean {
  return (row) =>
    kinds[row] === CELL.text ? texts[numbers[row] as number] === text : kinds[row] === CELL.other && otherwise(row);
}

function inRangeIn(
  { kinds, numbers }: Column,
  low: number,
  high: number,
  otherwise: (row: number) => boolean,
): (row: number) => boolean {
  return (row) => {
    if (kinds[row] !== CELL.number) return kinds[row] === CELL.other && otherwise(row);
    const value = numbers[row] as number;
    return value >= low && value <= high;
  };
}
