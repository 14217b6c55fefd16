// What `skip` is given, and what was probably meant where that is not known.

import { nearest } from "../../core/nearest.ts";
import type { Skip } from "../ast.ts";
import type { Finding } from "./draft.ts";
import { show } from "./writing.ts";

const WORDS = ["none", "toNext", "pastLast"] as const;
const TARGETS = ["toFirst", "toLast"] as const;
const OTHERWISE = ["toNext", "none"] as const;
const EMITS = ["eager", "ordered"] as const;

type SkipObject = { readonly toFirst?: unknown; readonly toLast?: unknown; readonly orElse?: unknown };

/** What `skip` was given, or what is wrong with it. */
export function skipOf(given: unknown): Skip | Finding {
  if (given === "none" || given === "pastLast") return { to: given };
  if (given === "toNext") return { to: "next" };
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return badSkip(`skip was given ${show(given)}.`, meant(given, [...WORDS, ...TARGETS]));
  }
  const unknown = Object.keys(given).find((name) => ![...TARGETS, "orElse"].includes(name));
  if (unknown !== undefined) {
    return badSkip(`skip was given ${JSON.stringify(unknown)}.`, meant(unknown, [...TARGETS, "orElse"]));
  }
  const { toFirst, toLast, orElse } = given as SkipObject;
  if (toFirst !== undefined && toLast !== undefined) return badSkip("skip was given both toFirst and toLast.", "");
  const step = toFirst ?? toLast;
  if (typeof step !== "string") return badSkip(`skip was given ${show(step)} for a step.`, "");
  if (orElse !== undefined && orElse !== "toNext" && orElse !== "none") {
    return badSkip(`skip was given ${show(orElse)} for orElse.`, meant(orElse, OTHERWISE));
  }
  const elseTo = orElse === undefined ? null : orElse === "toNext" ? "next" : orElse;
  return { to: toFirst === undefined ? "last" : "first", step, orElse: elseTo };
}

/** What is wrong with the `emit` that `skip` was given; `null`: nothing. */
export function badEmit(emit: unknown): Finding | null {
  if (EMITS.some((each) => each === emit)) return null;
  const remedy = `${meant(emit, EMITS)}Give skip { emit: "eager" } or { emit: "ordered" }.`;
  return { code: "BAD_SKIP", message: `skip was given ${show(emit)} for emit.`, remedy };
}

function badSkip(message: string, guess: string): Finding {
  const known =
    'Give it "none", "toNext", "pastLast", { toFirst: step } or { toLast: step }; the last two may have orElse: "toNext" or "none".';
  return { code: "BAD_SKIP", message, remedy: `${guess}${known}` };
}

function meant(given: unknown, known: readonly string[]): string {
  const near = typeof given === "string" ? nearest(given, known) : undefined;
  return near === undefined ? "" : `Did you mean ${JSON.stringify(near)}? `;
}
