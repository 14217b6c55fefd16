// The memory of a matcher as bytes: what changed since it was last frozen, or all of it, and back.
//
//     freeze() ─▶ pages, each whole; a delta to what was frozen before ─▶ state topic ─▶ thaw()
//
// A delta is worth its while where a matcher knows which keys were touched. `freezeWhole` does not ask: its one page is all the
// matcher holds, as JSON, and is written again whenever that is not what was written last.

import type { KeyedMatcher, MatcherState } from "../matching/matcher.ts";
import type { Delta, Page } from "./entry.ts";
import { damaged } from "./state-error.ts";
import { fromValueJson, toValueJson } from "./value-json.ts";

/** Frozen bytes: nobody changes them any more. */
export type Frozen = {
  readonly pages: readonly { readonly page: number; readonly bytes: Uint8Array }[];
  /** What else changed; `null`: nothing. */
  readonly delta: Uint8Array | null;
};

export interface Freezer {
  /**
   * What changed since the last call, or since `thaw`; the pages in `whole` entirely, whether they changed or not, or `"all"`.
   * Put together in order, everything frozen so far gives what the matcher holds now.
   */
  freeze(whole: readonly number[] | "all"): Frozen;
  /** Replaces everything by `pieces`, in their order; none: nothing was saved. `where` says in errors where they stand. @throws {CheckpointError} */
  thaw(pieces: readonly (Page | Delta)[], where: string): void;
}

/** Freezes everything as one page. Cost: all that the matcher holds, each time. */
export function freezeWhole(matcher: KeyedMatcher): Freezer {
  let before: Uint8Array | null = null;
  return {
    freeze(whole) {
      const bytes = utf8.encode(toValueJson(matcher.save()));
      const isKnown = before !== null && whole.length === 0 && isEqual(bytes, before);
      before = bytes;
      return { pages: isKnown ? [] : [{ page: 0, bytes }], delta: null };
    },
    thaw(pieces, where) {
      const last = pieces.at(-1);
      if (last === undefined) return;
      if (pieces.length > 1 || last.kind === "delta" || last.page !== 0) throw damaged(where, "it is not one page");
      matcher.restore(stateIn(last.bytes, where));
      before = last.bytes;
    },
  };
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

function stateIn(bytes: Uint8Array, where: string): MatcherState {
  let json: string;
  try {
    json = fromUtf8.decode(bytes);
  } catch {
    throw damaged(where, "it is not UTF-8");
  }
  return fromValueJson(json, where) as MatcherState;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
