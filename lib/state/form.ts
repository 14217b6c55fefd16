// What the patterns were made of, beside what they hold: so that a later release of the service, which has no such pattern any more, can
// finish the runs that are open. A page of a lane that no input has; it is written, kept and trimmed like any other.
//
//     lane 0   pattern 0   page 0 … 255    keys and runs
//     lane 1   pattern 0   page 0 … 255
//     FORMS    pattern 0   page 0          { "pattern": …, "alerts": "…", … }      text: what it says is for those who make patterns

import type { Sliced } from "../core/slices.ts";
import type { Delta, Page } from "./entry.ts";
import type { Freezer, Frozen } from "./freeze.ts";
import { damaged } from "./state-error.ts";

/** The lane of the forms: topics have fewer partitions. */
export const FORMS_LANE = 0xffff_ffff;

/** Saves a form that never changes. `pieces`: what the log has of it, which need not be the same. */
export function formFreezer(form: string, pieces: readonly (Page | Delta)[], where: string): Pick<Freezer, "freeze"> {
  let isSaved = readForm(pieces, where) === form;
  return {
    // biome-ignore lint/correctness/useYield: it is a page of its own
    *freeze(whole): Sliced<Frozen> {
      const isWanted = !isSaved || whole === "all" || whole.includes(0);
      isSaved = true;
      return { pages: isWanted ? [{ page: 0, bytes: utf8.encode(form) }] : [], delta: null };
    },
  };
}

/** The form that was saved; `null`: none was. `where` says in errors where it stands. @throws {CheckpointError} `DAMAGED_STATE` */
export function readForm(pieces: readonly (Page | Delta)[], where: string): string | null {
  const last = pieces.at(-1);
  if (last === undefined) return null;
  try {
    return fromUtf8.decode(last.bytes);
  } catch {
    throw damaged(where, "the form of a pattern is not UTF-8");
  }
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });
