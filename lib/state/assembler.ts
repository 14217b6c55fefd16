// From records to entries: the parts of an entry stand one after the other, without a gap.

import { type Block, readBlock } from "./block.ts";
import { type Entry, readEntry } from "./entry.ts";
import { truncated } from "./state-error.ts";

/** An entry and where it stands. */
export type PlacedEntry = {
  readonly entry: Entry;
  /** Offset of its first block. */
  readonly first: bigint;
  readonly last: bigint;
  /** Bytes of all its blocks. */
  readonly bytes: number;
  /** The checksums of its blocks. */
  readonly crcs: readonly number[];
};

export interface Assembler {
  /** Whether some parts of an entry are there and others are not. */
  readonly isBetween: boolean;
  /**
   * Takes the next record, in order of offset, and copies it. Returns the entry that is whole with it, or `null`.
   *
   * @throws {CheckpointError} `FOREIGN_STATE`, `TRUNCATED_STATE`, `DAMAGED_STATE`, `NEWER_STATE`, `UNKNOWN_FORMAT`
   */
  take(offset: bigint, value: Uint8Array | null): PlacedEntry | null;
}

/** `topic` says in errors which topic and partition it is. */
export function createAssembler(topic: string): Assembler {
  let blocks: Block[] = [];
  let first = 0n;
  let bytes = 0;
  return {
    get isBetween() {
      return blocks.length > 0;
    },
    take(offset, value) {
      const where = `offset ${offset} of ${topic}`;
      const block = readBlock(value && new Uint8Array(value), where);
      const follows = offset === first + BigInt(blocks.length) && isSame(block, blocks[0] ?? block);
      if (block.part !== blocks.length || (blocks.length > 0 && !follows)) {
        throw truncated(
          where,
          `it is part ${block.part + 1} of ${block.parts} and does not follow what stands before it`,
        );
      }
      if (blocks.length === 0) {
        first = offset;
        bytes = 0;
      }
      blocks.push(block);
      bytes += value?.length ?? 0;
      if (blocks.length < block.parts) return null;
      const whole = blocks;
      blocks = [];
      const entry = readEntry(block.kind, whole, where);
      return { entry, first, last: offset, bytes, crcs: whole.map(({ crc }) => crc) };
    },
  };
}

function isSame(one: Block, other: Block): boolean {
  return one.kind === other.kind && one.parts === other.parts;
}
