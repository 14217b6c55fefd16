// Questions and requests to the cluster beside reading and writing, over one connection that is opened when it is first needed.
// What fails is explained; at the start, when nobody would ask again, it is asked again for a while.

import type { Admin, Kafka } from "kafkajs";
import type { SequiturError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { explainKafkaError } from "./kafka-error.ts";
import type { KafkaDefinition } from "./options.ts";
import { type Backoff, loudness, mayPass, patiently } from "./retry.ts";

export type AskerOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  readonly clock: Clock;
  readonly log: Log;
};

type Question<T> = (admin: Admin) => Promise<T>;

export interface Asker {
  /** `doing` as in `explainKafkaError`. @throws {SequiturError} */
  ask<T>(doing: string, topic: string, question: Question<T>): Promise<T>;
  /** For questions of the start, after which nobody would ask again: waits, within `connectWithin`, for a cluster that has not settled; `mayChange`: what else may pass. @throws {SequiturError} */
  askUntilSettled<T>(
    doing: string,
    topic: string,
    question: Question<T>,
    mayChange?: (error: unknown) => boolean,
  ): Promise<T>;
  close(): Promise<void>;
}

const BACKOFF: Backoff = { firstMs: 500, mostMs: 5_000 };
/** A cluster that has just started answers, but not yet everything. */
const SETTLING: Backoff = { firstMs: 100, mostMs: 2_000 };

export function createAsker(options: AskerOptions): Asker {
  return new AskerAtWork(options);
}

class AskerAtWork implements Asker {
  readonly #options: AskerOptions;
  #admin: Promise<Admin> | null = null;
  #isConnected = false;
  #closed = false;

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  async ask<T>(doing: string, topic: string, question: Question<T>): Promise<T> {
    const admin = await this.#connected();
    try {
      return await question(admin);
    } catch (error) {
      throw this.#explain(error, doing, topic);
    }
  }

  askUntilSettled<T>(
    doing: string,
    topic: string,
    question: Question<T>,
    mayChange: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    return this.#patiently(() => this.ask(doing, topic, question), SETTLING, `not done yet: ${doing}`, mayChange);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = this.#admin?.then(
      (admin) => admin.disconnect(),
      () => undefined,
    );
    // What is not connected yet may take long to find that out, and has nothing to give back.
    if (this.#isConnected) await closed;
  }

  #connected(): Promise<Admin> {
    this.#admin ??= this.#connect().then(
      (admin) => {
        this.#isConnected = true;
        return admin;
      },
      (error: unknown) => {
        this.#admin = null;
        throw error;
      },
    );
    return this.#admin;
  }

  #connect(): Promise<Admin> {
    const attempt = async (): Promise<Admin> => {
      const admin = (await this.#options.kafka()).admin();
      try {
        await admin.connect();
        return admin;
      } catch (error) {
        admin.disconnect().catch(() => undefined);
        throw this.#explain(error, "connecting");
      }
    };
    return this.#patiently(attempt, BACKOFF, "no connection to Kafka yet");
  }

  #patiently<T>(
    act: () => Promise<T>,
    backoff: Backoff,
    what: string,
    mayChange: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    const { definition, clock, log } = this.#options;
    return patiently(act, {
      clock,
      backoff,
      id: definition.clientId,
      withinMs: definition.connectWithinMs,
      isRetriable: (error) => mayPass(error) || mayChange(error),
      onRetry: (error, retryInMs) =>
        log(loudness(error, retryInMs), `${what}; it will be tried again`, {
          reason: (error as Error).message,
          retryInMs,
        }),
      isOver: () => this.#closed,
    });
  }

  #explain(error: unknown, doing: string, topic?: string): SequiturError {
    const { brokers, groupId } = this.#options.definition;
    return explainKafkaError(error, doing, {
      brokers: brokers.join(","),
      group: groupId,
      ...(topic === undefined ? {} : { topic }),
    });
  }
}
