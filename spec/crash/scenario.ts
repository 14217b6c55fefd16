// What a scenario is: a way to hurt a service on a real broker, and a verdict in one line.
import { setTimeout as sleep } from "node:timers/promises";
import type { Broker, BrokerOptions } from "../broker/broker.ts";
import type { Field } from "./field.ts";
import { isGood, sayVerdict, type Verdict } from "./judge.ts";
import type { Member } from "./member.ts";

export type Trial = {
  /** A broker for this trial, which whoever began the trial stops. With options: one of its own. */
  readonly broker: (options?: BrokerOptions) => Promise<Broker>;
  readonly seed: number;
  /** As long as CI has time for, or as long as it takes to believe it. */
  readonly isShort: boolean;
  /** Told how far it is. */
  readonly tell: (line: string) => void;
  /** Ends it early: what was done until then is judged. */
  readonly signal: AbortSignal;
};

export type Outcome = { readonly isGood: boolean /** The verdict, with its figures. */; readonly said: string };

export type Scenario = {
  readonly name: string;
  /** What is done to the service. */
  readonly what: string;
  readonly run: (trial: Trial) => Promise<Outcome>;
};

/** What was done, and what became of it. */
export function outcomeOf(verdict: Verdict, done: string, holds = true): Outcome {
  return { isGood: isGood(verdict) && holds, said: `${done}: ${sayVerdict(verdict)}` };
}

/** The field's verdict, after somebody has been hurt. */
export async function finished(field: Field, done: () => string, holds: () => boolean = () => true): Promise<Outcome> {
  const verdict = await field.finish();
  return outcomeOf(verdict, done(), holds());
}

/** Waits a while, or until the scenario is to end. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until && !signal.aborted; )
    await sleep(Math.min(100, until - Date.now()));
}

/** The last line of an error that a process logged, of its code. */
export function failureOf(member: Member): { readonly code: string; readonly said: string } {
  const line = member.lines().findLast(({ level }) => level === "error");
  return { code: String(line?.["code"] ?? "none"), said: JSON.stringify(line ?? null) };
}

/** @throws {Error} if a process has failed, with the end of its log */
export function refuseFailed(field: Field): void {
  const failed = field.all().find((member) => member.hasFailed());
  if (failed !== undefined) throw new Error(`${failed.name} failed: ${JSON.stringify(failed.lines().slice(-5))}`);
}

/** One of them. */
export function oneOf<T>(all: readonly T[], chance: () => number): T {
  return all[Math.floor(chance() * all.length)] as T;
}
