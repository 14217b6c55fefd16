// What the task said and the sink has not confirmed yet. One stretch of output is on its way at a time; only when all of it
// is safe are the positions acknowledged that belong to it, and only then does the next leave.
//
//     add ─▶ pending ─ flush ─▶ on its way: send, send …, acknowledge ─▶ flush again
//
// Nothing is acknowledged before it is sent, so whatever fails, what was not sent is read again.

import { TransportError } from "../core/errors.ts";
import type { Clock } from "../time/clock.ts";
import type { Emission, EmissionKind } from "./alert.ts";
import type { OutputRecord, Sink, Source } from "./ports.ts";
import type { Position } from "./task.ts";

/** What an outbox tells of itself. */
export type OutboxEvents = {
  /** A call failed and will be tried again after a while. */
  readonly onFaltering: (error: Error, retryInMs: number) => void;
  readonly onRecovered: () => void;
  /** It cannot go on. */
  readonly onFailure: (error: unknown) => void;
  /** Something was confirmed. */
  readonly onProgress: () => void;
};

export type OutboxOptions = OutboxEvents & {
  readonly sink: Pick<Sink, "send">;
  readonly source: Pick<Source, "acknowledge">;
  readonly clock: Clock;
  /** Positions that moved, as far as everything added so far allows. Asked when a stretch leaves. */
  readonly positions: () => readonly Position[];
  /** Whether a position may still be acknowledged when its turn has come. */
  readonly isOurs: (position: Position) => boolean;
  /** How long a call that fails is tried again before that is a failure of the whole. */
  readonly retryWithinMs: number;
};

export interface Outbox {
  /** Bytes not confirmed yet. */
  readonly bytes: number;
  /** Records confirmed so far. */
  readonly sent: Readonly<Record<EmissionKind, number>>;
  add(emissions: readonly Emission[]): void;
  /** Sends what is pending, unless something is on its way: then call it again after `onProgress`. */
  flush(): void;
  /** Resolves when everything added so far is confirmed and acknowledged, or it cannot go on. */
  drained(): Promise<void>;
  /** Nothing is sent any more; what is on its way is not followed up. */
  close(): void;
}

/** One call to the sink holds at most this. */
const MAX_SEND_RECORDS = 1_000;
const MAX_SEND_BYTES = 900_000;

/** Between tries: twice as long each time, up to the longest. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export function createOutbox(options: OutboxOptions): Outbox {
  return new OutboxAtWork(options);
}

class OutboxAtWork implements Outbox {
  readonly sent: Record<EmissionKind, number> = { alert: 0, timedOut: 0, late: 0, deadLetter: 0, notice: 0 };
  bytes = 0;
  readonly #options: OutboxOptions;
  #pending: Emission[] = [];
  #onItsWay: Promise<void> | null = null;
  #closed = false;
  #interrupt: () => void = () => undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(emissions: readonly Emission[]): void {
    for (const emission of emissions) {
      this.#pending.push(emission);
      this.bytes += bytesOf(emission.record);
    }
  }

  flush(): void {
    if (this.#onItsWay !== null || this.#closed) return;
    const stretch = this.#pending;
    const positions = this.#options.positions();
    if (stretch.length === 0 && positions.length === 0) return;
    this.#pending = [];
    this.#onItsWay = this.#carry(stretch, positions).then(
      () => this.#arrived(),
      (error) => this.#failed(error),
    );
  }

  async drained(): Promise<void> {
    this.flush();
    while (this.#onItsWay !== null) {
      await this.#onItsWay;
      this.flush();
    }
  }

  close(): void {
    this.#closed = true;
    this.#interrupt();
  }

  async #carry(stretch: readonly Emission[], positions: readonly Position[]): Promise<void> {
    for (const parcel of parcelsOf(stretch)) {
      await this.#persist(() => this.#options.sink.send(parcel.map(({ record }) => record)));
      for (const { kind, record } of parcel) {
        this.sent[kind] += 1;
        this.bytes -= bytesOf(record);
      }
    }
    const ours = positions.filter(this.#options.isOurs);
    if (ours.length > 0) await this.#persist(() => this.#options.source.acknowledge(ours));
  }

  async #persist(act: () => Promise<void>): Promise<void> {
    const { clock, onFaltering, onRecovered, retryWithinMs } = this.#options;
    const giveUpAt = clock.now() + retryWithinMs;
    for (let tries = 1; ; tries += 1) {
      if (this.#closed) throw new Error("The outbox was closed.");
      try {
        await act();
        if (tries > 1) onRecovered();
        return;
      } catch (error) {
        const retryInMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
        if (!isRetriable(error) || clock.now() + retryInMs > giveUpAt) throw error;
        onFaltering(error, retryInMs);
        await this.#wait(retryInMs);
      }
    }
  }

  /** Waits that long, or until it is closed. */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#interrupt = () => {
        cancel();
        resolve();
      };
    });
  }

  #arrived(): void {
    this.#onItsWay = null;
    this.#options.onProgress();
  }

  #failed(error: unknown): void {
    this.#onItsWay = null;
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onFailure(error);
  }
}

function isRetriable(error: unknown): error is TransportError {
  return error instanceof TransportError && error.retriable;
}

function* parcelsOf(stretch: readonly Emission[]): Generator<readonly Emission[]> {
  let parcel: Emission[] = [];
  let bytes = 0;
  for (const emission of stretch) {
    const more = bytesOf(emission.record);
    if (parcel.length === MAX_SEND_RECORDS || (parcel.length > 0 && bytes + more > MAX_SEND_BYTES)) {
      yield parcel;
      parcel = [];
      bytes = 0;
    }
    parcel.push(emission);
    bytes += more;
  }
  if (parcel.length > 0) yield parcel;
}

/** What a record costs beside its bytes. An estimate. */
const RECORD_BYTES = 64;

/** About how much of memory and of a request a record takes. */
export function bytesOf({ key, value, headers }: OutputRecord): number {
  let sum = RECORD_BYTES + value.length + (key?.length ?? 0);
  for (const [name, text] of headers) sum += name.length + text.length;
  return sum;
}
