// Requests that kafkajs does not know, in the newer form of the protocol: lengths count from one, and everything may be followed by
// tagged fields, of which we write none and pass over what comes.

import type { Broker } from "kafkajs";
import { Malformed } from "./varint.ts";

/** Writes fields one after the other. */
export class FlexibleWriter {
  #parts: Buffer[] = [];

  int32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return this.#add(bytes);
  }

  int64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return this.#add(bytes);
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    return this.#length(bytes.length + 1).#add(bytes);
  }

  list<T>(values: readonly T[], write: (value: T) => void): this {
    this.#length(values.length + 1);
    for (const value of values) write(value);
    return this;
  }

  /** No tagged fields: at the end of each structure. */
  end(): this {
    return this.#length(0);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #length(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
    return this.#add(Buffer.from([...bytes, rest]));
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
}

/** Reads fields one after the other. @throws {Malformed} where bytes are missing */
export class FlexibleReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    return this.#take(2).readInt16BE();
  }

  int32(): number {
    return this.#take(4).readInt32BE();
  }

  int64(): bigint {
    return this.#take(8).readBigInt64BE();
  }

  /** Null is empty. */
  text(): string {
    return this.#take(Math.max(0, this.#length() - 1)).toString("utf8");
  }

  list<T>(read: () => T): readonly T[] {
    const values: T[] = [];
    for (let left = this.#length() - 1; left > 0; left -= 1) values.push(read());
    return values;
  }

  /** Tagged fields, passed over: at the end of each structure. */
  end(): void {
    for (let left = this.#length(); left > 0; left -= 1) {
      this.#length();
      this.#take(this.#length());
    }
  }

  #length(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#take(1).readUInt8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Malformed("a length in the answer has no end");
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Malformed("the answer is shorter than what is in it");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** A request of version 0. */
export type FlexibleRequest<Answer> = {
  readonly apiKey: number;
  readonly apiName: string;
  readonly write: (to: FlexibleWriter) => void;
  readonly read: (from: FlexibleReader) => Answer;
};

/** What of kafkajs' brokers is needed for that. */
type OpenBroker = {
  readonly versions: Readonly<Record<number, object>> | null;
  readonly connectionPool: { send(request: object): Promise<unknown> };
};

/** The answer of a connected broker; `null`: it does not know the request. */
export async function askFlexibly<Answer>(broker: Broker, request: FlexibleRequest<Answer>): Promise<Answer | null> {
  const { versions, connectionPool } = broker as unknown as OpenBroker;
  const { apiKey, apiName } = request;
  if (versions?.[apiKey] === undefined) return null;
  const answer = await connectionPool.send({
    request: { apiKey, apiName, apiVersion: 0, encode: async () => encoded(request.write) },
    response: { decode: async (bytes: Buffer) => new FlexibleReader(bytes), parse: async (data: unknown) => data },
  });
  const reader = answer as FlexibleReader;
  reader.end(); // of the header
  return request.read(reader);
}

/** As kafkajs wants it, behind a header that ends with tagged fields. */
function encoded(write: (to: FlexibleWriter) => void): { readonly buf: Buffer; readonly buffer: Buffer } {
  const writer = new FlexibleWriter().end();
  write(writer);
  const bytes = writer.bytes();
  return { buf: bytes, buffer: bytes };
}
