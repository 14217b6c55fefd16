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
  readonly #bytes: Buffer;
  readonly #in: ByteReader;
  readonly #names: (readonly string[])[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
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
        return this.#readBytes();
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

  #readBytes(): Uint8Array {
    const start = this.#in.pass(this.#readLength());
    return new Uint8Array(this.#bytes.subarray(start, this.#in.at));
  }

  #readList(): unknown[] {
    const list: unknown[] = [];
    for (let left = this.#readLength(); left > 0; left -= 1) list.push(this.#read());
    return list;
  }

  #readText(): string {
    return this.#readCharacters(this.#in.count(WIDE + 1, "a text"));
  }

  #readCharacters(kind: number): string {
    const from = this.#in;
    from.need(kind >= NARROW, "a text");
    const isNarrow = kind === NARROW;
    const start = from.pass(this.#readLength() * (isNarrow ? 1 : 2));
    return this.#bytes.toString(isNarrow ? "latin1" : "utf16le", start, from.at);
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
