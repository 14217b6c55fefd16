// Saved rows for people: read slowly, straight from the drawing in lib/matching/row-writer.ts, with nothing of what writes them.

/** Some rows of a state: bytes as base64, and the values beside them. */
export type RowsOfState = { readonly bytes: string; readonly values: readonly unknown[] };

export type RowView = {
  /** As it stands there: a text, or encoded. */
  readonly key: string;
  readonly quietUntil: number | null;
  readonly cut: number;
  readonly number: number;
  /** `taken 0 after 2: event 1` or `both 3 and 1`. */
  readonly records: readonly string[];
  /** `1 at 5 from t/0/7 {"type":"a"}`, from the number among those of the key on. */
  readonly events: readonly string[];
  /** `together 2, 3 wait for 0 fresh, 4 but 1`. */
  readonly groups: readonly string[];
  readonly held: readonly number[];
};

export function readRows({ bytes, values }: RowsOfState): readonly RowView[] {
  const buffer = Buffer.from(bytes, "base64");
  const beside = [...values];
  const [states, sources]: [string[], string[]] = [[], []];
  let at = 0;
  const count = (): number => {
    const byte = buffer.readUInt8(at++);
    return byte < 128 ? byte : byte - 128 + 128 * count();
  };
  const eight = <T>(read: (from: number) => T): T => {
    at += 8;
    return read(at - 8);
  };
  const float = (): number => eight((from) => buffer.readDoubleLE(from));
  const counts = (): readonly number[] => Array.from({ length: count() }, count);
  const known = (all: string[], say: () => string): string => {
    const index = count();
    if (index === all.length) all.push(say());
    return all[index] ?? `unknown ${index}`;
  };
  const source = (): string => known(sources, () => [count(), beside.shift()].reverse().join("/"));
  const wait = (): string => {
    const which = count();
    const open = counts();
    return `${which >> 1}${which % 2 === 1 ? " fresh" : ""}${open.length > 0 ? ` but ${open.join(" ")}` : ""}`;
  };
  const state = (): string =>
    known(states, () => {
      const kept = count();
      const waits = Array.from({ length: count() }, wait);
      return `${["together", "byValue", "listed"][kept >> 1]}${kept % 2 === 1 ? " reported" : ""} wait for ${waits.join(", ")}`;
    });

  const rows: RowView[] = [];
  while (at < buffer.length) {
    const flags = count();
    const key = beside.shift() as string;
    const quietUntil = (flags & 2) === 0 ? null : float();
    const [cut, number] = [count(), count()];
    const [records, events]: [string[], string[]] = [[], []];
    for (let kind = count(); kind > 0; kind = count()) {
      if (kind === 1) {
        records.push(`both ${count()} and ${count()}`);
        continue;
      }
      const below = count();
      const again = count();
      if (again === 0) {
        const [its, from, when] = [count(), source(), float()];
        const offset = eight((place) => buffer.readBigInt64LE(place));
        events.push(`${its} at ${when} from ${from}/${offset} ${JSON.stringify(beside.shift())}`);
      }
      records.push(`taken ${kind - 2} after ${below}: event ${again === 0 ? events.length : again}`);
    }
    const groups = Array.from({ length: count() }, () => {
      const what = state();
      return `${counts().join(", ")} ${what}`;
    });
    const held = (flags & 4) === 0 ? [] : counts();
    rows.push({ key, quietUntil, cut, number, records, events, groups, held });
  }
  return rows;
}
