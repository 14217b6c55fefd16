// Reads case files. Whatever is not understood is an error with its line: a line that is skipped would be a test that
// nobody runs.

import { type Case, type CaseEvent, type CaseOptions, type Complaint, type Row, type Stream, showRow } from "./case.ts";
import { readWords } from "./words.ts";

/** @throws {Error} with file and line of the first mistake. */
export function readCases(path: string, text: string): readonly Case[] {
  const cases = chapters(linesOf(path, text)).map(readCase);
  if (cases.length === 0) throw new Error(`${path}: no case`);
  return cases;
}

/** A keyword and what stands behind it. `indent`: the column of the first sign of it. */
type Line = { readonly place: string; readonly word: string; readonly rest: string; readonly indent: number };

/** Without blank lines and comments; what is indented is joined with the line before it. */
function linesOf(path: string, text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const place = `${path}:${index + 1}`;
    const last = lines.at(-1);
    if (line.trim() === "" || line.startsWith("//")) continue;
    if (line.startsWith(" ")) {
      if (last === undefined) throw new Error(`${place}: nothing comes before this`);
      lines[lines.length - 1] = { ...last, rest: `${last.rest} ${line.trim()}` };
      continue;
    }
    const [whole, word = "", rest = ""] = /^(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    if (whole === undefined) throw new Error(`${place}: cannot be read`);
    lines.push({ place, word, rest, indent: line.length - line.slice(word.length).trimStart().length });
  }
  return lines;
}

/** The lines of each case: a title, and what follows it. */
function chapters(lines: readonly Line[]): readonly (readonly Line[])[] {
  const found: Line[][] = [];
  for (const [index, line] of lines.entries()) {
    const startsCase = line.word === "#" && lines[index - 1]?.word !== "#";
    if (startsCase) found.push([]);
    const chapter = found.at(-1);
    if (chapter === undefined) throw new Error(`${line.place}: a case begins with a title, # and what it shows`);
    chapter.push(line);
  }
  return found;
}

const STREAM_WORDS = new Set(["match", "timeout", "late", "keyless", "notice", "counts"]);

function readCase(lines: readonly Line[]): Case {
  const place = lines[0]?.place ?? "";
  const titles = lines.filter(({ word }) => word === "#");
  const head = lines.slice(titles.length).filter(({ word }) => word !== "events" && !STREAM_WORDS.has(word));
  const title = titles.map(({ rest }) => rest).join(" ");
  if (title === "") throw new Error(`${place}: the title is empty`);
  const known = ["pattern", "json", "limit", "requireBound", "timedOut", "outOfOrderness", "refused", "warned"];
  const unknown = head.find(({ word }) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`${unknown.place}: "${unknown.word}" is no word of case files`);
  const read: Case = {
    place,
    title,
    pattern: readPattern(place, head),
    options: readOptions(head),
    streams: readStreams(lines),
    refused: readComplaints(head, "refused"),
    warned: readComplaints(head, "warned"),
  };
  if (read.streams.length === 0 && read.refused === null && read.warned === null) {
    throw new Error(`${place}: nothing is expected; say what matches, or why the pattern is refused`);
  }
  if (read.refused !== null && read.streams.length > 0) {
    throw new Error(`${place}: a pattern that is refused finds nothing, so leave the events out`);
  }
  return read;
}

function readPattern(place: string, head: readonly Line[]): Case["pattern"] {
  const lines = head.filter(({ word }) => word === "pattern" || word === "json");
  const [line] = lines;
  if (line === undefined || lines.length > 1) throw new Error(`${place}: a case has one pattern, not ${lines.length}`);
  return atLine(line, () =>
    line.word === "json" ? { json: JSON.parse(line.rest) } : { words: readWords(line.rest), text: line.rest },
  );
}

function readOptions(head: readonly Line[]): CaseOptions {
  const one = (word: string): string | undefined => head.find((line) => line.word === word)?.rest;
  const limits = head
    .filter(({ word }) => word === "limit")
    .map((line): readonly [string, number | string] => {
      const [, name = "", value = ""] = matched(line, /^(\w+) (\w+)$/);
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    });
  const timedOut = one("timedOut") ?? "all";
  if (timedOut !== "all" && timedOut !== "longest")
    throw new Error(`${head.find(({ word }) => word === "timedOut")?.place}: timedOut is all or longest`);
  return {
    limits: new Map(limits),
    requireBound: one("requireBound") !== undefined,
    timedOut,
    outOfOrdernessMs: Number(one("outOfOrderness") ?? 0),
  };
}

function readComplaints(head: readonly Line[], word: string): readonly Complaint[] | null {
  const lines = head.filter((line) => line.word === word);
  if (lines.length === 0) return null;
  return lines.map((line) => {
    const [, code = "", at = ""] = matched(line, /^([A-Z_]+)\s+(.+)$/);
    return { code, at };
  });
}

// Time lines.

function readStreams(lines: readonly Line[]): readonly Stream[] {
  const starts = lines.flatMap(({ word }, index) => (word === "events" ? [index] : []));
  const stray = lines.findIndex(({ word }) => STREAM_WORDS.has(word));
  if (stray >= 0 && stray < (starts[0] ?? Number.POSITIVE_INFINITY)) {
    throw new Error(`${lines[stray]?.place}: no events come before this`);
  }
  return starts.map((start, index) => {
    const [events, ...others] = lines.slice(start, starts[index + 1]);
    if (events === undefined) throw new Error("no events");
    return readStream(
      events,
      others.filter(({ word }) => STREAM_WORDS.has(word)),
    );
  });
}

/** A word and the column it begins in. */
type Cell = { readonly text: string; readonly column: number };

function cellsOf({ rest, indent }: Line): readonly Cell[] {
  return [...rest.matchAll(/\S+/g)].map((found) => ({ text: found[0], column: indent + found.index }));
}

function readStream(line: Line, others: readonly Line[]): Stream {
  const cells = cellsOf(line);
  const ending = /^…(\d+)$/.exec(cells.at(-1)?.text ?? "");
  const columns = ending === null ? cells : cells.slice(0, -1);
  const events = columns.map((cell) => readEvent(line, cell.text));
  const of = (word: string): readonly Line[] => others.filter((each) => each.word === word);
  const marked = (word: string): ReadonlySet<number> =>
    new Set(of(word).flatMap((row) => readTaken(row, columns).taken.map(({ index }) => index)));
  const rows = (word: string): readonly Row[] =>
    of(word).flatMap((row) => (row.rest === "none" ? [] : [readRow(row, columns, events)]));
  if (of("match").length === 0) throw new Error(`${line.place}: nothing is expected; say match none if none is found`);
  return {
    place: line.place,
    events,
    until: ending === null ? Number.POSITIVE_INFINITY : Number(ending[1]),
    matches: rows("match"),
    timedOut: of("timeout").length === 0 ? null : rows("timeout"),
    late: marked("late"),
    keyless: marked("keyless"),
    notices: of("notice").map(({ rest }) => rest),
    counts: new Map(of("counts").map((each) => readCount(each))),
  };
}

/** `a1`, `a1=7`, `a1="x"`, `a1!`, `left.a1`; `?.a1` has no key. */
function readEvent({ place }: Line, text: string): CaseEvent {
  const found = /^(?:([a-z]+|\?)\.)?([a-z]+)(\d+)(?:=("[^"]*"|[^!]+))?(!)?$/.exec(text);
  const [whole, key = "k", type = "", at, value, boom] = found ?? [];
  if (whole === undefined) throw new Error(`${place}: "${text}" is no event; write a1, a1=7 or a1!`);
  return {
    type,
    at: Number(at),
    key: key === "?" ? null : key,
    ...(value === undefined ? {} : { v: value === "NaN" ? Number.NaN : (JSON.parse(value) as unknown) }),
    ...(boom === undefined ? {} : { boom: true }),
  };
}

/** The cells of a row, each under its event, and what stands behind them. */
function readTaken(
  line: Line,
  columns: readonly Cell[],
): { readonly taken: Row["taken"]; readonly rest: readonly string[] } {
  const cells = cellsOf(line);
  const under = cells.slice(0, columns.length);
  for (const [index, { column, text }] of columns.entries()) {
    const cell = under[index];
    if (cell === undefined) throw new Error(`${line.place}: nothing stands under ${text}; write . if it is not taken`);
    if (cell.column !== column) throw new Error(`${line.place}: "${cell.text}" does not stand under ${text}`);
  }
  const taken = under.flatMap(({ text }, index) => (text === "." ? [] : [{ step: text, index }]));
  if (taken.length === 0) throw new Error(`${line.place}: no event is named`);
  return { taken, rest: cells.slice(columns.length).map(({ text }) => text) };
}

function readRow(line: Line, columns: readonly Cell[], events: readonly CaseEvent[]): Row {
  const { taken: inColumns, rest } = readTaken(line, columns);
  // Events may stand in the order in which they arrive; a match takes them in order of time.
  const timeOf = (index: number): number => events[index]?.at ?? 0;
  const taken = inColumns.toSorted((one, other) => timeOf(one.index) - timeOf(other.index));
  const lastAt = events[taken.at(-1)?.index ?? 0]?.at ?? 0;
  if (rest.length === 0) return { taken, at: lastAt, by: "event" };
  const found = /^(at|by) (\d+)$/.exec(rest.join(" "));
  if (found === null) throw new Error(`${line.place}: "${rest.join(" ")}" stands under no event`);
  const row: Row = { taken, at: Number(found[2]), by: found[1] === "at" ? "event" : "deadline" };
  if (row.by === "event" && row.at === lastAt && events.filter(({ at }) => at === lastAt).length === 1) {
    throw new Error(`${line.place}: leave "at ${lastAt}" out, as in ${showRow(row)}`);
  }
  return row;
}

function readCount(line: Line): readonly [string, number] {
  const [, name = "", value] = matched(line, /^(\w+) (\d+)$/);
  return [name, Number(value)];
}

function matched(line: Line, form: RegExp): RegExpExecArray {
  const found = form.exec(line.rest);
  if (found === null) throw new Error(`${line.place}: "${line.word} ${line.rest}" cannot be read`);
  return found;
}

function atLine<T>({ place }: Line, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`);
  }
}
