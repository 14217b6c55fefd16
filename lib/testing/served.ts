// A service as its laws see it: what drives it, and how events for each of its inputs are made and sent.
//
//     key and time of the event ──── stand where the options of the input say
//     key and time of the record ─── stand in two fields of their own until the event is sent, since streams are made of events alone

import { ConfigError } from "../core/errors.ts";
import type { Key } from "../event/key.ts";
import type { StandardSchema } from "../event/schema.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { keyBytes } from "../runtime/alert.ts";
import type { Instant } from "../time/instant.ts";
import type { Driven } from "./drive.ts";
import type { Driver, SendOptions } from "./driver-types.ts";
import type { AnyKitOptions, Making } from "./options.ts";

export type ServedInput = {
  readonly topic: string;
  /** How key and time are read from events; what is left out is that of the record. */
  readonly reading: Pick<AnyKitOptions, "key" | "keyOf" | "time" | "timeOf">;
  readonly schema: StandardSchema | null;
  /** Whether it reads something else than JSON. */
  readonly decodes: boolean;
  readonly outOfOrdernessMs: number;
  /** Whether a record that cannot become an event ends the service. */
  readonly failsOnBadRecord: boolean;
};

export type Served = {
  readonly driven: Driven;
  readonly inputs: readonly ServedInput[];
  readonly patterns: readonly Pattern[];
};

/**
 * How events for an input are made and written, where its patterns and options do not say it.
 *
 * @example
 * import type { ServedMaking } from "sequitur/testing";
 *
 * const making: ServedMaking = {
 *   event: [{ card: "a", amount: 1, at: 0 }],
 *   encode: (event) => `v1 ${JSON.stringify(event)}`,
 * };
 * Object.keys(making); // => ["event", "encode"]
 */
export type ServedMaking = Omit<Making<object>, "schema"> & {
  /** What `decode` of the input will read. Needed if there is one. Default: JSON. */
  readonly encode?: (event: object) => Uint8Array | string;
};

/** Fields that no event has of its own. */
const KEY = " key";
const TIME = " time";

type Carrying = { readonly [KEY]?: Key; readonly [TIME]?: Instant };

/** The options with which streams for an input are made. @throws {ConfigError} `ENCODE_NOT_GIVEN` */
export function kitOptionsOf({ topic, reading, schema, decodes }: ServedInput, making: ServedMaking): AnyKitOptions {
  const { encode, ...made } = making;
  if (decodes && encode === undefined)
    throw new ConfigError(
      "ENCODE_NOT_GIVEN",
      `"${topic}" is read by a decode of its own. Give encode: (event) => the bytes of a record, for the events that are made.`,
    );
  const isKeyed = reading.key !== undefined || reading.keyOf !== undefined;
  const isTimed = reading.time !== undefined || reading.timeOf !== undefined;
  return {
    ...reading,
    ...(isKeyed ? {} : { key: (e: Record<string, unknown>) => e[KEY] }),
    ...(isTimed ? {} : { time: (e: Record<string, unknown>) => e[TIME] }),
    ...(schema === null ? {} : { schema: carrying(schema) }),
    ...made,
  } as AnyKitOptions;
}

/** Sends an event that was made with `kitOptionsOf`. */
export function sendTo(driven: Driver, { topic }: ServedInput, { encode }: ServedMaking, made: object): void {
  const { [KEY]: key, [TIME]: at, ...event } = made as Carrying;
  const options: SendOptions = {
    topic,
    ...(key === undefined ? {} : { key: keyBytes(key) }),
    ...(at === undefined ? {} : { timestamp: at }),
  };
  driven.send(encode === undefined ? event : encode(event), options);
}

/** Sees the event only, and gives back what it was given beside it. */
function carrying(schema: StandardSchema): StandardSchema<object> {
  const standard = schema["~standard"];
  return {
    "~standard": {
      ...standard,
      types: undefined,
      validate: (value) => {
        const { [KEY]: key, [TIME]: at, ...event } = value as Carrying;
        const result = standard.validate(event);
        if (!("value" in result) || result.issues !== undefined) return result as never;
        const beside = { ...(key === undefined ? {} : { [KEY]: key }), ...(at === undefined ? {} : { [TIME]: at }) };
        return { value: { ...(result.value as object), ...beside } };
      },
    },
  };
}
