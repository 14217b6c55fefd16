// Reads values from bytes, as drawn in value-writer.ts. Saved state may come from any disk and any hand: what was not written so is refused.

import { ByteReader } from "../core/bytes.ts";
import { damaged } from "./state-error.ts";
import {
  BIGINT,
  BYTES,
  DATE,
  FALSE,
  FLOAT,
  LIST,
  MAP,
  NARROW,
  NULL,
  OBJECT,
  SET,
  TRUE,
  UNDEFINED,
  WHOLE,
  WIDE,
} from "./value-writer.ts";

/** Reads what `valuesToBytes` wrote. `where` says in errors where it stands. Cost: its bytes. @throws {CheckpointError} `DAMAGED_STATE` */
export function valuesFromBytes(bytes: Uint8Array, where: string): readonly unknown[] {
  try {
    return new ValueReader(bytes).all();
  } catch (error) {
    throw damaged(where, `its keys and events are not as they were written (${(error as Error).message})`);
  }
}

class ValueReader {
  readonly #bytes: Uint8Array;
  readonly #in: ByteReader;
  readonly #names: (readonly string[])[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#in = new ByteReader(bytes, (expected, at) => new Error(`at byte ${at} is not ${expected}`));
  }

  all(): readonly unknown[] {
    const values: unknown[] = [];
    while (!this.#in.isAtEnd) values.push(this.#read());
    return values;
  }

  #read(): unknown {
    const from = this.#in;
    const kind = from.count(OBJECT + this.#names.length + 1, "a value");
    switch (kind) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case FALSE:
      case TRUE:
        return kind === TRUE;
      case WHOLE:
        return from.count();
      case FLOAT:
        return from.float();
      case NARROW:
      case WIDE:
        return this.#readCharacters(kind);
      case LIST:
        return this.#readList();
      case BIGINT:
        return BigInt(this.#readText());
      case DATE:
        return new Date(from.float());
      case BYTES:
        return new Uint8Array(this.#readBytes(this.#readLength()));
      case MAP:
        return new Map(Array.from({ length: this.#readLength() }, () => [this.#read(), this.#read()]));
      case SET:
        return new Set(this.#readList());
      default:
        return this.#readObject(kind - OBJECT);
    }
  }

  #readLength(): number {
    return this.#in.count(this.#bytes.length - this.#in.at + 1, "a length");
  }

  /** Shares their memory. */
  #readBytes(length: number): Uint8Array {
    const start = this.#in.pass(length);
    return this.#bytes.subarray(start, start + length);
  }

  #readList(): unknown[] {
    return Array.from({ length: this.#readLength() }, () => this.#read());
  }

  #readText(): string {
    return this.#readCharacters(this.#in.count(WIDE + 1, "a text"));
  }

  #readCharacters(kind: number): string {
    const from = this.#in;
    from.need(kind >= NARROW, "a text");
    const isNarrow = kind === NARROW;
    const { buffer, byteOffset, length } = this.#readBytes(this.#readLength() * (isNarrow ? 1 : 2));
    return Buffer.from(buffer, byteOffset, length).toString(isNarrow ? "latin1" : "utf16le");
  }

  #readObject(number: number): object {
    const known = this.#names.length;
    if (number === known) this.#names.push(Array.from({ length: this.#readLength() }, () => this.#readText()));
    const value: Record<string, unknown> = {};
    for (const name of this.#names[number] as readonly string[]) {
      const field = this.#read();
      if (name !== "__proto__") value[name] = field;
      else Object.defineProperty(value, name, { value: field, enumerable: true, configurable: true, writable: true });
    }
    return value;
  }
}
