// What was said and the sink has not confirmed yet. One stretch of output is on its way at a time; only when all of it
// is safe are the positions acknowledged that belong to it, and only then does the next leave.
//
//     add ─▶ pending ─ flush ─▶ on its way: send, send …, acknowledge ─▶ flush again
//
// Nothing is acknowledged before it is sent, so whatever fails, what was not sent is read again. Where positions are saved with the
// state, there is nothing to acknowledge; then whoever saves waits until what was said before is confirmed.

import { TransportError } from "../core/errors.ts";
import type { Clock } from "../time/clock.ts";
import type { Emission, EmissionKind } from "./alert.ts";
import { inParcels } from "./parcels.ts";
import type { OutputRecord, Sink, Source } from "./ports.ts";
import type { Position } from "./task.ts";

/** What an outbox tells of itself. */
export type OutboxEvents = {
  /** A call failed and will be tried again after a while. */
  readonly onFaltering: (error: Error, retryInMs: number) => void;
  readonly onRecovered: () => void;
  /** These are safe. */
  readonly onSent?: (emissions: readonly Emission[]) => void;
  /** It cannot go on. */
  readonly onFailure: (error: unknown) => void;
  /** Something was confirmed. */
  readonly onProgress: () => void;
};

/** What may be acknowledged, and to whom. */
export type Acknowledging = {
  readonly source: Pick<Source, "acknowledge">;
  /** Positions that moved, as far as everything added so far allows. Asked when a stretch leaves. */
  readonly positions: () => readonly Position[];
};

export type OutboxOptions = OutboxEvents & {
  readonly sink: Pick<Sink, "send">;
  /** `null`: positions are kept elsewhere. */
  readonly acknowledging: Acknowledging | null;
  readonly clock: Clock;
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
  /** Resolves when everything added so far is confirmed. Rejects when that will not be: it has failed, or was closed. */
  confirmed(): Promise<void>;
  /** Resolves when everything added so far is confirmed and acknowledged, or it cannot go on. */
  drained(): Promise<void>;
  /** Nothing is sent any more; what is on its way is not followed up. */
  close(): void;
}

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
  /** Records added so far, and those of them that are confirmed. */
  #added = 0;
  #confirmed = 0;
  #waiting: { readonly upTo: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
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
    this.#added += emissions.length;
  }

  flush(): void {
    if (this.#onItsWay !== null || this.#closed) return;
    const stretch = this.#pending;
    const positions = this.#options.acknowledging?.positions() ?? [];
    if (stretch.length === 0 && positions.length === 0) return;
    this.#pending = [];
    this.#onItsWay = this.#carry(stretch, positions).then(
      () => this.#arrived(),
      (error) => this.#failed(error),
    );
  }

  confirmed(): Promise<void> {
    const upTo = this.#added;
    if (upTo === this.#confirmed) return Promise.resolve();
    if (this.#closed) return Promise.reject(isClosed());
    this.flush();
    return new Promise((resolve, reject) => this.#waiting.push({ upTo, resolve, reject }));
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
    for (const { reject } of this.#waiting.splice(0)) reject(isClosed());
  }

  async #carry(stretch: readonly Emission[], positions: readonly Position[]): Promise<void> {
    for (const parcel of inParcels(stretch, ({ record }) => bytesOf(record))) {
      await this.#persist(() => this.#options.sink.send(parcel.map(({ record }) => record)));
      for (const { kind, record } of parcel) {
        this.sent[kind] += 1;
        this.bytes -= bytesOf(record);
      }
      this.#confirm(parcel);
    }
    const { acknowledging } = this.#options;
    if (positions.length > 0) await this.#persist(async () => acknowledging?.source.acknowledge(positions));
  }

  #confirm(parcel: readonly Emission[]): void {
    this.#confirmed += parcel.length;
    this.#options.onSent?.(parcel);
    while (this.#waiting[0] !== undefined && this.#waiting[0].upTo <= this.#confirmed) this.#waiting.shift()?.resolve();
  }

  async #persist(act: () => Promise<void>): Promise<void> {
    const { clock, onFaltering, onRecovered, retryWithinMs } = this.#options;
    const giveUpAt = clock.now() + retryWithinMs;
    for (let tries = 1; ; tries += 1) {
      if (this.#closed) throw isClosed();
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
    this.close();
    this.#options.onFailure(error);
  }
}

function isClosed(): Error {
  return new Error("The outbox was closed.");
}

function isRetriable(error: unknown): error is TransportError {
  return error instanceof TransportError && error.retriable;
}

/** What a record costs beside its bytes. An estimate. */
const RECORD_BYTES = 64;

/** About how much of memory and of a request a record takes. */
export function bytesOf({ key, value, headers }: OutputRecord): number {
  let sum = RECORD_BYTES + value.length + (key?.length ?? 0);
  for (const [name, text] of headers) sum += name.length + text.length;
  return sum;
}
