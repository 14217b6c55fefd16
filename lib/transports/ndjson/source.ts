// Reads events from files and standard input: one line is one record, its number (from 1) the offset. A topic has one
// partition; several files of one topic are read one after the other as if they were one, and the numbers go on.

import type { Readable } from "node:stream";
import { ConfigError, invariant } from "../../core/errors.ts";
import type { Source } from "../../runtime/ports.ts";
import { type InputPlace, type OpenInput, openInput } from "./input.ts";
import { createReading, type Reading } from "./reading.ts";

/** How a source of lines is made. */
export type NdjsonSourceOptions = {
  /** What to read for which topic; a path may be `-` once, for standard input. */
  readonly inputs: readonly InputPlace[];
  /** Longest line; of a longer one the first `maxLineBytes` + 1 bytes are handed over, so that whoever has the same limit refuses it. Default 1 MiB. */
  readonly maxLineBytes?: number;
  /** Most records handed over at once. Default 1,000. */
  readonly maxBatchRecords?: number;
  /** Default: that of the process. */
  readonly stdin?: Readable;
};

/** What was read so far. */
export type NdjsonStats = {
  readonly records: number;
  /** Lines that hold nothing; they are no records. */
  readonly blankLines: number;
  /** Lines longer than the limit; they are records, cut. */
  readonly longLines: number;
  /** Bytes of the files as they lie on disk. */
  readonly readBytes: number;
  /** The size of all files; `null` where it is not known before the end. */
  readonly totalBytes: number | null;
};

/** A source of lines. */
export interface NdjsonSource extends Source {
  stats(): NdjsonStats;
  /** Where a record stands, for people: `events.ndjson:17`. */
  placeOf(topic: string, offset: bigint): string;
}

/**
 * Makes a source of lines. Lines end with LF or CR LF, the last may have no end; blank lines are skipped and counted; gzip is
 * known by its first bytes or the ending `.gz`. Holds one line and one chunk of each file in memory, and stops reading while
 * a partition is paused.
 *
 * @example
 * import { createNdjsonSource } from "sequitur/service";
 *
 * const source = createNdjsonSource({ inputs: [{ topic: "card-events", path: "events.ndjson.gz" }] });
 * await source.partitionCount("card-events") // => 1
 */
export function createNdjsonSource(options: NdjsonSourceOptions): NdjsonSource {
  const { inputs, maxLineBytes = 1_048_576, maxBatchRecords = 1_000, stdin = process.stdin } = options;
  const readings = new Map<string, Reading>();
  let loops: readonly Promise<void>[] | null = null;
  return {
    partitionCount: async (topic) => {
      placesOf(topic, inputs);
      return 1;
    },
    start: async (topics, handler) => {
      invariant(loops === null, "that a source is started once");
      refuseSharedStdin(inputs);
      const opened = await openAll(
        topics.flatMap((topic) => placesOf(topic, inputs)),
        stdin,
      );
      for (const topic of topics) {
        const ofTopic = opened.filter(({ place }) => place.topic === topic).map(({ input }) => input);
        readings.set(topic, createReading(topic, ofTopic, { maxLineBytes, maxBatchRecords }));
      }
      handler.onAssigned(topics.map((topic) => ({ topic, partition: 0 })));
      loops = [...readings.values()].map((reading) => reading.run(handler));
    },
    pause: ({ topic }) => readings.get(topic)?.pause(),
    resume: ({ topic }) => readings.get(topic)?.resume(),
    acknowledge: async () => {}, // a file is read once, from its beginning
    stop: async () => {
      for (const reading of readings.values()) reading.close();
      await Promise.all(loops ?? []);
    },
    stats: () => statsOf([...readings.values()]),
    placeOf: (topic, offset) => readings.get(topic)?.placeOf(offset) ?? `${topic}:${offset}`,
  };
}

type Opened = { readonly place: InputPlace; readonly input: OpenInput };

/** Opens all or none. */
async function openAll(places: readonly InputPlace[], stdin: Readable): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  try {
    for (const place of places) opened.push({ place, input: await openInput(place, stdin) });
    return opened;
  } catch (error) {
    for (const { input } of opened) input.close();
    throw error;
  }
}

function statsOf(readings: readonly Reading[]): NdjsonStats {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const counts = readings.map((reading) => reading.counts());
  const inputs = readings.flatMap((reading) => reading.inputs);
  const sizes = inputs.map((input) => input.totalBytes).filter((size) => size !== null);
  return {
    records: sum(counts.map(({ records }) => records)),
    blankLines: sum(counts.map(({ blankLines }) => blankLines)),
    longLines: sum(counts.map(({ longLines }) => longLines)),
    readBytes: sum(inputs.map((input) => input.readBytes())),
    totalBytes: sizes.length === inputs.length ? sum(sizes) : null,
  };
}

function placesOf(topic: string, inputs: readonly InputPlace[]): readonly InputPlace[] {
  const places = inputs.filter((input) => input.topic === topic);
  if (places.length > 0) return places;
  const given = inputs.map((input) => `"${input.topic}"`).join(", ") || "none";
  throw new ConfigError(
    "MISSING_TOPIC",
    `there is no input for topic "${topic}" (given: ${given}). Add --input ${topic}=file.ndjson.`,
  );
}

function refuseSharedStdin(inputs: readonly InputPlace[]): void {
  const fromStdin = inputs.filter((input) => input.path === "-");
  if (fromStdin.length < 2) return;
  const topics = fromStdin.map((input) => `"${input.topic}"`).join(" and ");
  throw new ConfigError(
    "STDIN_TWICE",
    `standard input cannot be read for ${topics} at once: give a file for all but one of them.`,
  );
}
