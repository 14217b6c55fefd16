// Conditions as they are written in TypeScript, `e.v.gt(m.a.v)`, read without running anything.
//
//     e.v.gt(m.a.last().v)        root e, links v, gt(…)         e is the event, m what was taken, each one of a sum
//     m.a.sum((each) => each.v)   root m, links a, sum(…)

/** What was written. */
export type Written =
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "list"; readonly items: readonly Written[] }
  | { readonly kind: "lambda"; readonly body: Written }
  | { readonly kind: "chain"; readonly root: "e" | "m" | "each"; readonly links: readonly Link[] };

/** A name behind a dot. `given`: what it was called with; `null`: it was not called. */
export type Link = { readonly name: string; readonly given: readonly Written[] | null };

/** @throws {Error} with the rest of the text, from where it cannot be read. */
export function readExpression(text: string): Written {
  const reader = new Reader(text);
  const written = readOne(reader);
  if (reader.rest() !== "") throw new Error(`"${reader.rest()}" is no part of a condition`);
  return written;
}

class Reader {
  #rest: string;

  constructor(text: string) {
    this.#rest = text.trim();
  }

  rest(): string {
    return this.#rest;
  }

  /** What matches here, and goes past it and the blanks behind it. */
  take(expected: RegExp): RegExpExecArray | null {
    const found = new RegExp(`^(?:${expected.source})\\s*`).exec(this.#rest);
    if (found !== null) this.#rest = this.#rest.slice(found[0].length);
    return found;
  }

  expect(expected: RegExp, what: string): RegExpExecArray {
    const found = this.take(expected);
    if (found === null) throw new Error(`${what} is missing at "${this.#rest}"`);
    return found;
  }
}

function readOne(reader: Reader): Written {
  const text = reader.take(/"([^"]*)"/);
  if (text !== null) return { kind: "literal", value: text[1] ?? "" };
  const number = reader.take(/-?\d+(?:\.\d+)?/);
  if (number !== null) return { kind: "literal", value: Number(number[0]) };
  const truth = reader.take(/(true|false)\b/);
  if (truth !== null) return { kind: "literal", value: truth[1] === "true" };
  if (reader.take(/\[/)) return { kind: "list", items: readList(reader, /\]/) };
  if (reader.take(/\(each\)\s*=>/)) return { kind: "lambda", body: readOne(reader) };
  const root = reader.expect(/(each|e|m)\b/, "e, m, a number or a text")[1] as "e" | "m" | "each";
  const links: Link[] = [];
  while (reader.take(/\./)) {
    const name = reader.expect(/[A-Za-z_]\w*/, "a name")[0].trim();
    links.push({ name, given: reader.take(/\(/) === null ? null : readList(reader, /\)/) });
  }
  return { kind: "chain", root, links };
}

function readList(reader: Reader, end: RegExp): readonly Written[] {
  const items: Written[] = [];
  while (reader.take(end) === null) {
    if (items.length > 0) reader.expect(/,/, "a comma");
    items.push(readOne(reader));
  }
  return items;
}
