// The fields of one event that several look at, read once.

import { OBJECTS } from "../pattern/expression/event-reader.ts";

/** The place of a field among those that are read. */
export type Slot = number;

export class FieldValues {
  /** Of the event that was read last, by slot. */
  readonly values: unknown[] = [];
  readonly #slots = new Map<string, Slot>();
  readonly #reads: ((event: unknown) => unknown)[] = [];

  /** The slot of a field, which is read of every event from then on. */
  slotOf(path: readonly string[]): Slot {
    const name = JSON.stringify(path);
    const slot = this.#slots.get(name) ?? this.#reads.push(OBJECTS.field(path)) - 1;
    this.#slots.set(name, slot);
    return slot;
  }

  /** @throws whatever a field throws when it is read. */
  read(event: unknown): void {
    for (let slot = 0; slot < this.#reads.length; slot++)
      this.values[slot] = (this.#reads[slot] as (event: unknown) => unknown)(event);
  }
}
