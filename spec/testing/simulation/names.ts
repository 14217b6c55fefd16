// Names that a scenario uses, and those that the broker sees.

export type Names = {
  readonly prefix: string;
  /** `P0`, `P1`, … in the order they turn up. */
  producer(id: bigint): string;
  /** `M0`, `M1`, … in the order they turn up; "" stays. */
  member(id: string): string;
};

export function createNames(prefix: string): Names {
  const producers = new Map<bigint, string>();
  const members = new Map<string, string>();
  return {
    prefix,
    producer: (id) => numbered(producers, id, "P"),
    member: (id) => (id === "" ? "" : numbered(members, id, "M")),
  };
}

function numbered<K>(known: Map<K, string>, key: K, letter: string): string {
  const name = known.get(key) ?? `${letter}${known.size}`;
  known.set(key, name);
  return name;
}

/** Fields that hold a name; "" and null are none. */
const NAMED = new Set(["topic", "group", "transactionalId"]);

/** `ask` with the prefix before each of its names, however deep. */
export function rename(ask: unknown, { prefix }: Names): unknown {
  if (Array.isArray(ask)) return ask.map((each) => rename(each, { prefix } as Names));
  if (typeof ask !== "object" || ask === null || ask instanceof Uint8Array || ask instanceof Map) return ask;
  const entries = Object.entries(ask).map(([field, value]) => {
    if (NAMED.has(field) && typeof value === "string" && value !== "") return [field, `${prefix}${value}`];
    return [field, rename(value, { prefix } as Names)];
  });
  return Object.fromEntries(entries);
}
