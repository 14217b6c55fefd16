// Says in the log what lanes do and why they wait, but only what lasts: a lane at work changes its state many times a second.
//
//     looked at every second ─▶ the same for five seconds, and not what was said last ─▶ one line
//
// Of one lane there is at most one line a minute. When many have something to say at once, one line tells of all.

import { unreachable } from "../core/errors.ts";
import type { LaneState } from "../runtime/lane-state.ts";
import type { LaneMetrics } from "../runtime/metrics.ts";
import type { Log } from "../runtime/ports.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";

const LOOK_EVERY_MS = 1_000;
const LASTS_MS = 5_000;
const SAY_EVERY_MS = 60_000;
/** More lanes than this with news at once share a line. */
const MAX_LINES = 8;

/** What a lane was seen doing, and what was said of it. */
type Seen = { state: LaneState; word: string; since: Instant; saidWord: string; saidAt: Instant };

export type LaneLogParts = {
  readonly lanes: () => readonly LaneMetrics[];
  readonly clock: Clock;
  readonly log: Log;
};

/** Looks every second until the returned function is called. */
export function logLanes({ lanes, clock, log }: LaneLogParts): () => void {
  const look = createLaneLog(log);
  let cancel = (): void => {};
  const lookLater = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      look(lanes(), clock.now());
      lookLater();
    });
  };
  lookLater();
  return () => cancel();
}

/** A log that is shown the lanes now and then, and says what lasts. */
export function createLaneLog(log: Log): (lanes: readonly LaneMetrics[], now: Instant) => void {
  let seen = new Map<number, Seen>();
  return (lanes, now) => {
    seen = new Map(lanes.map(({ partition, state }) => [partition, seeAgain(seen.get(partition), state, now)]));
    const news = [...seen].filter(([, one]) => isNews(one, now));
    if (news.length > MAX_LINES) sayTogether(news, log);
    else for (const [lane, one] of news) sayOne(lane, one, now, log);
    for (const [, one] of news) {
      one.saidWord = one.word;
      one.saidAt = now;
    }
  };
}

function seeAgain(before: Seen | undefined, state: LaneState, now: Instant): Seen {
  const word = wordOf(state, now);
  if (before === undefined) return { state, word, since: now, saidWord: AT_WORK, saidAt: Number.NEGATIVE_INFINITY };
  return { ...before, state, word, since: before.word === word ? before.since : now };
}

function isNews({ word, since, saidWord, saidAt }: Seen, now: Instant): boolean {
  return word !== saidWord && now - since >= LASTS_MS && now - saidAt >= SAY_EVERY_MS;
}

/** What is said first of a lane is that something keeps it from this. */
const AT_WORK = "at work";

/** Two states with the same word are one to those who read the log. Short waits for time are part of the work. */
function wordOf(state: LaneState, now: Instant): string {
  switch (state.kind) {
    case "matching":
    case "catchingUp":
    case "waitingForEvents":
      return AT_WORK;
    case "waitingForTime":
      return now - state.silentSince < LASTS_MS ? AT_WORK : JSON.stringify([state.kind, state.topic]);
    case "paused":
      return JSON.stringify([state.kind, state.why, state.topic]);
    case "waitingForPartitions":
    case "waitingForSink":
    case "idle":
    case "ended":
      return JSON.stringify(state);
    default:
      return unreachable(state);
  }
}

function sayOne(lane: number, { state, word, since }: Seen, now: Instant, log: Log): void {
  const { kind, ...why } = state;
  const text = word === AT_WORK ? "lane is at work" : `lane ${TEXTS.get(kind)}`;
  const fields = "silentSince" in why ? { ...why, silentSince: timeText(why.silentSince) } : why;
  log("info", text, { lane, state: kind, ...fields, forMs: now - since });
}

/** How many lanes do what; of each the first few by number. */
function sayTogether(news: readonly (readonly [number, Seen])[], log: Log): void {
  const byWord = new Map<string, number[]>();
  for (const [lane, { word, state }] of news) {
    const name = word === AT_WORK ? "atWork" : state.kind;
    byWord.set(name, [...(byWord.get(name) ?? []), lane]);
  }
  for (const [state, lanes] of byWord) {
    log("info", "several lanes changed what they do", { state, count: lanes.length, firstLanes: lanes.slice(0, 3) });
  }
}

function timeText(at: Instant): string {
  return new Date(at).toISOString();
}

const TEXTS: ReadonlyMap<LaneState["kind"], string> = new Map([
  ["waitingForTime", "waits for time: a partition is silent"],
  ["waitingForSink", "waits for the sink"],
  ["waitingForPartitions", "waits for partitions that others have"],
  ["paused", "is not read"],
  ["idle", "is idle: all its partitions are silent"],
  ["ended", "has ended"],
] as const);
