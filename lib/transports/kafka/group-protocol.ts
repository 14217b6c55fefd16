// What the members of a consumer group send each other through the broker: what they subscribe to, what they hold, and
// what the leader gives them. The layout is Kafka's "consumer" protocol, version 0, so that its tools can show the group;
// what we say beyond it is JSON in the `userData` of the subscription.
//
//     subscription   version i16 | topics: count i32, each length i16 + UTF-8 | userData: length i32 + bytes
//     assignment     version i16 | topics: count i32, each name + partitions: count i32, each i32 | userData
//
// Members are other processes, perhaps of another release, perhaps of another program: reading never throws, and its cost
// is bounded by the bytes that came. (kafkajs has the same layout, but believes every length.)

/** What a member says when it joins. */
export type Subscription = { readonly topics: readonly string[]; readonly userData: Uint8Array };

/** What a member says of itself in its `userData`. */
export type Claims = {
  /** Names the process. */
  readonly instance: string;
  /** The shards it holds. */
  readonly owned: readonly number[];
  /** How many shards there are, as far as it knows. */
  readonly shards: number;
};

const WIRE_VERSION = 0;
/** Of `Claims`. A greater one may add fields; those known here keep their meaning, else the assigner gets another name. */
const CLAIMS_VERSION = 1;

/** Equal subscriptions have equal bytes: other bytes would make the broker rebalance the group. */
export function encodeSubscription({ topics, userData }: Subscription): Buffer {
  return Buffer.concat([
    int16(WIRE_VERSION),
    int32(topics.length),
    ...topics.map(text),
    int32(userData.length),
    userData,
  ]);
}

/** `null`: these bytes are no subscription. Fields of later versions are left out. */
export function decodeSubscription(bytes: Buffer): Subscription | null {
  let at = 2;
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw new RangeError("beyond the end");
    at += length;
    return bytes.subarray(at - length, at);
  };
  try {
    const topics: string[] = [];
    const count = take(4).readInt32BE();
    while (topics.length < count) topics.push(take(take(2).readInt16BE()).toString());
    const userBytes = take(4).readInt32BE();
    return { topics, userData: userBytes === NO_BYTES ? new Uint8Array() : take(userBytes) };
  } catch {
    return null;
  }
}

/** How Kafka says that there are no bytes, not even none. */
const NO_BYTES = -1;

export function encodeAssignment(assignment: ReadonlyMap<string, readonly number[]>): Buffer {
  const topics = [...assignment].map(([topic, partitions]) =>
    Buffer.concat([text(topic), int32(partitions.length), ...partitions.map(int32)]),
  );
  return Buffer.concat([int16(WIRE_VERSION), int32(topics.length), ...topics, int32(0)]);
}

/** Equal claims have equal bytes, whatever the order of `owned`. */
export function encodeClaims({ instance, owned, shards }: Claims): Uint8Array {
  const sorted = [...new Set(owned)].sort((a, b) => a - b);
  return Buffer.from(JSON.stringify({ v: CLAIMS_VERSION, instance, owned: sorted, shards }));
}

/** `null`: these bytes are nothing that a member of ours said. */
export function decodeClaims(bytes: Uint8Array): Claims | null {
  try {
    const said: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof said !== "object" || said === null) return null;
    const { v, instance, owned, shards } = said as { readonly [name: string]: unknown };
    if (typeof v !== "number" || v < CLAIMS_VERSION || typeof instance !== "string" || !Array.isArray(owned))
      return null;
    return owned.every(isCount) && isCount(shards) ? { instance, owned, shards } : null;
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
