// The line that says how a run is doing.

import type { Metrics } from "../runtime/metrics.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import { count, counted, elapsed, watermark } from "./figures.ts";
import type { Screen } from "./screen.ts";

/** How much of the input has been read, where that can be known. */
export type Share = { readonly readBytes: number; readonly totalBytes: number | null };

export type Standing = {
  readonly metrics: Metrics;
  readonly ratePerSecond: number;
  /** Of files: how much of them was read, from 0 to 1; `null`: not known. */
  readonly share: number | null;
  readonly leftMs: number | null;
};

/** What there is to say, the most important first; as much of it as fits. */
export function progressLine({ metrics, ratePerSecond, share, leftMs }: Standing, columns: number): string {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const parts = [
    ...restoring(metrics),
    `${counted(sum(metrics.topics.map(({ records }) => records)), "record")}`,
    `${count(ratePerSecond)}/s`,
    counted(metrics.sent.alerts, "alert"),
    `watermark ${watermark(metrics.watermark)}`,
    counted(sum(metrics.patterns.map(({ openRuns }) => openRuns)), "open run"),
    ...(share === null ? [] : [`${Math.floor(share * 100)} %${leftMs === null ? "" : `, ${elapsed(leftMs)} left`}`]),
    `${count(sum(metrics.topics.map(({ late }) => late)))} late`,
    counted(sum(metrics.topics.map(({ deadLettered }) => deadLettered)), "dead letter"),
  ];
  let line = parts[0] ?? "";
  for (const part of parts.slice(1)) {
    if (line.length + 3 + part.length >= columns) break;
    line += ` · ${part}`;
  }
  return line;
}

/** How far shards are whose state is being read; the slowest says how long it may take. */
function restoring({ shards }: Metrics): readonly string[] {
  const under = shards.flatMap(({ restoring }) => restoring ?? []);
  if (under.length === 0) return [];
  const share = (shards.length - under.length + under.reduce((sum, each) => sum + each.share, 0)) / shards.length;
  const bytesPerSecond = under.reduce((sum, each) => sum + each.bytesPerSecond, 0);
  const lefts = under.flatMap(({ leftMs }) => leftMs ?? []);
  const left = lefts.length < under.length ? "" : `, ${elapsed(Math.max(...lefts))} left`;
  const pace = bytesPerSecond === 0 ? "" : ` at ${(bytesPerSecond / 1_000_000).toFixed(1)} MB/s`;
  return [
    `restoring ${under.length} of ${counted(shards.length, "shard")}: ${Math.floor(100 * share)} %${pace}${left}`,
  ];
}

type Sample = { readonly at: Instant; readonly records: number; readonly readBytes: number };

/** How far back the rate looks. */
const RATE_OVER_MS = 5_000;

export type ProgressOptions = {
  readonly clock: Clock;
  readonly screen: Screen;
  readonly metrics: () => Metrics;
  readonly share: () => Share | null;
  /** Time between lines. */
  readonly everyMs: number;
};

/** Shows the line every `everyMs` until the returned function is called. */
export function showProgress({ clock, screen, metrics, share, everyMs }: ProgressOptions): () => void {
  let cancel = (): void => {};
  let samples: readonly Sample[] = [{ at: clock.now(), records: 0, readBytes: 0 }];
  const tick = (): void => {
    const picture = metrics();
    const read = share();
    const now = {
      at: clock.now(),
      records: picture.topics.reduce((sum, { records }) => sum + records, 0),
      readBytes: read?.readBytes ?? 0,
    };
    const recent = samples.filter(({ at }) => at >= now.at - RATE_OVER_MS);
    // A timer that fires late leaves none: then the rate looks back to the last one, however long ago.
    samples = [...(recent.length > 0 ? recent : samples.slice(-1)), now];
    screen.status(
      progressLine(
        { metrics: picture, ...paceOf(samples, read) },
        screen.live ? screen.columns() : Number.POSITIVE_INFINITY,
      ),
    );
    cancel = clock.after(everyMs, tick);
  };
  cancel = clock.after(everyMs, tick);
  return () => cancel();
}

/** The pace over the samples, and what it means for the time left. */
export function paceOf(samples: readonly Sample[], read: Share | null): Omit<Standing, "metrics"> {
  const [first, last] = [samples[0], samples.at(-1)];
  const ms = (last?.at ?? 0) - (first?.at ?? 0);
  const ratePerSecond = ms > 0 && first && last ? ((last.records - first.records) / ms) * 1_000 : 0;
  if (!read || read.totalBytes === null || read.totalBytes === 0) return { ratePerSecond, share: null, leftMs: null };
  const bytesPerMs = ms > 0 && first && last ? (last.readBytes - first.readBytes) / ms : 0;
  const leftMs = bytesPerMs > 0 ? (read.totalBytes - read.readBytes) / bytesPerMs : null;
  return { ratePerSecond, share: read.readBytes / read.totalBytes, leftMs };
}
