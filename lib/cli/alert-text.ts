// An alert as people read it: one line, and where there is no `select` one more for each step.

import type { AlertJson } from "../runtime/alert.ts";
import { fields, key, oneLine, time } from "./figures.ts";

/** Most steps that are shown of a match without `select`. */
const MAX_STEPS = 8;

/**
 * The text of an alert record, with its line break.
 *
 *     2026-11-21 09:15:02Z  card-testing  4711-22  card: "4711-22", stolen: 900, probes: 3
 */
export function alertText(value: Uint8Array): string {
  const alert = JSON.parse(new TextDecoder().decode(value)) as Partial<Omit<AlertJson, "kind">> & {
    readonly kind: string;
  };
  const head = [time(alert.at ?? ""), oneLine(alert.pattern ?? "", 80), key(alert.key)];
  if (alert.kind === "limitReached") return `${[...head, `limit reached: ${fields(rest(alert))}`].join("  ")}\n`;
  if (alert.kind === "timedOut") head.push("timed out");
  if ("value" in alert) return `${[...head, fields(alert.value)].join("  ")}\n`;
  return `${[head.join("  "), ...stepLines(alert.events)].join("\n")}\n`;
}

function stepLines(events: unknown): readonly string[] {
  const steps = Object.entries((events ?? {}) as Readonly<Record<string, unknown>>).filter(
    ([, taken]) => taken !== undefined,
  );
  const width = Math.min(24, Math.max(0, ...steps.map(([step]) => step.length)));
  const lines = steps.slice(0, MAX_STEPS).map(([step, taken]) => {
    const list = Array.isArray(taken) ? taken : [taken];
    const times = Array.isArray(taken) ? `${list.length} × ` : "";
    const last = list.length > 1 ? "… " : "";
    return `    ${oneLine(step, 40).padEnd(width)}  ${times}${last}${oneLine(JSON.stringify(list.at(-1)) ?? "", 120)}`;
  });
  return steps.length > MAX_STEPS
    ? [...lines, `    and ${steps.length - MAX_STEPS} more steps: --json shows them`]
    : lines;
}

function rest({
  kind: _,
  pattern: __,
  version: ___,
  key: ____,
  at: _____,
  ...more
}: Readonly<Record<string, unknown>>): object {
  return more;
}
