// Reads the one partition of one topic: file after file, chunk after chunk, batch after batch. While paused it stands
// still before the next batch, so that nothing more is pulled from the file either.

import type { Headers, InputRecord, SourceHandler } from "../../runtime/ports.ts";
import { type OpenInput, readFailed } from "./input.ts";
import { createLineSplitter, isBlank, type Line } from "./lines.ts";

/** A topic being read. */
export interface Reading {
  readonly inputs: readonly OpenInput[];
  /** Reads to the end, a failure, or `close`. Never rejects. */
  run(handler: SourceHandler): Promise<void>;
  pause(): void;
  resume(): void;
  /** Ends `run` soon; the handler is not called any more. */
  close(): void;
  counts(): ReadingCounts;
  placeOf(offset: bigint): string;
}

export type ReadingCounts = { readonly records: number; readonly blankLines: number; readonly longLines: number };

type Limits = { readonly maxLineBytes: number; readonly maxBatchRecords: number };
type State = {
  handler: SourceHandler | null;
  /** Resolves on `resume`; `null` while not paused. */
  paused: { readonly over: Promise<void>; readonly end: () => void } | null;
  /** Of each input begun: the lines of the inputs before it. */
  readonly linesBefore: number[];
  /** Lines read so far, over all inputs. */
  lines: number;
  records: number;
  blankLines: number;
  longLines: number;
};

const NO_HEADERS: Headers = new Map();
const PARTITION = 0;

export function createReading(topic: string, inputs: readonly OpenInput[], limits: Limits): Reading {
  const state: State = {
    handler: null,
    paused: null,
    linesBefore: [],
    lines: 0,
    records: 0,
    blankLines: 0,
    longLines: 0,
  };
  const resume = (): void => {
    state.paused?.end();
    state.paused = null;
  };
  return {
    inputs,
    run: async (handler) => {
      state.handler = handler;
      for (const input of inputs) {
        const before = state.lines;
        state.linesBefore.push(before);
        try {
          await readInput(topic, input, limits, state);
        } catch (error) {
          state.handler?.onFailure(readFailed(input.path, state.lines - before, error as NodeJS.ErrnoException));
          return;
        }
      }
      state.handler?.onEnd({ topic, partition: PARTITION });
    },
    pause: () => {
      state.paused ??= gate();
    },
    resume,
    close: () => {
      state.handler = null;
      for (const input of inputs) input.close();
      resume();
    },
    counts: () => ({ records: state.records, blankLines: state.blankLines, longLines: state.longLines }),
    placeOf: (offset) => {
      const at = state.linesBefore.findLastIndex((before, index) => index === 0 || before < Number(offset));
      return `${(inputs[at] as OpenInput).path}:${Number(offset) - (state.linesBefore[at] as number)}`;
    },
  };
}

async function readInput(topic: string, input: OpenInput, limits: Limits, state: State): Promise<void> {
  const splitter = createLineSplitter(limits.maxLineBytes);
  const before = state.lines;
  const hand = async (lines: readonly Line[]): Promise<void> => {
    const records = toRecords(lines, before, limits.maxLineBytes, state);
    for (let from = 0; from < records.length; from += limits.maxBatchRecords) {
      await state.paused?.over;
      const batch = records.slice(from, from + limits.maxBatchRecords);
      const caughtUp = from + batch.length === records.length && input.isDrained();
      state.handler?.onBatch({ topic, partition: PARTITION, records: batch, caughtUp });
    }
    await state.paused?.over;
  };
  for await (const chunk of input.chunks()) {
    await hand(splitter.push(chunk));
  }
  await hand(splitter.finish());
}

function toRecords(lines: readonly Line[], before: number, maxLineBytes: number, state: State): InputRecord[] {
  const records: InputRecord[] = [];
  for (const line of lines) {
    state.lines += 1;
    if (isBlank(line)) {
      state.blankLines += 1;
      continue;
    }
    if (line.lengthBytes > maxLineBytes) state.longLines += 1;
    records.push({
      offset: BigInt(before + line.number),
      timestamp: null,
      key: null,
      value: line.bytes,
      headers: NO_HEADERS,
    });
  }
  state.records += records.length;
  return records;
}

function gate(): { readonly over: Promise<void>; readonly end: () => void } {
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end };
}
