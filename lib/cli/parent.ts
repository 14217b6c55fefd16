// What a process that was started by another of this command (--processes) knows of it. They speak over Node's channel:
//
//     parent ──── stop ────▶ child          the channel breaks: the parent is gone, which means stop, too
//     parent ◀── picture ─── child          now and then, and at the end

import type { Metrics } from "../runtime/metrics.ts";
import type { Aside } from "./passed.ts";

/** How one process is doing. */
export type Picture = Aside & { readonly metrics: Metrics };

export type ToChild = { readonly kind: "stop" };
export type ToParent = { readonly kind: "picture"; readonly picture: Picture };

/** Tells a process which one it is, counted from 1. */
export const PROCESS_VARIABLE = "SEQUITUR_PROCESS";

/** The process that started this one. */
export interface Parent {
  /** Which of its processes this is, counted from 1. */
  readonly number: number;
  /** Aborted when it says so, or is gone. */
  readonly signal: AbortSignal;
  /** Resolves when the picture is on its way. Never rejects: nobody may be there. */
  report(picture: Picture): Promise<void>;
}

/** The parent of this process; `null` if a person or a script started it. */
export function parentOf(): Parent | null {
  const number = Number(process.env[PROCESS_VARIABLE]);
  delete process.env[PROCESS_VARIABLE]; // what this process starts is no child of that parent
  if (process.send === undefined || !Number.isSafeInteger(number) || number < 1) return null;
  const controller = new AbortController();
  process.on("message", (message: ToChild) => {
    if (message?.kind === "stop") controller.abort();
  });
  process.once("disconnect", () => controller.abort());
  if (!process.connected) controller.abort();
  return {
    number,
    signal: controller.signal,
    report: (picture) =>
      new Promise((resolve) => {
        if (!process.connected) return resolve();
        const message: ToParent = { kind: "picture", picture };
        process.send?.(message, undefined, {}, () => resolve());
      }),
  };
}
