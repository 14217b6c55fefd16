// How a good client asks: it tries again what may pass, where trying again does no harm, and says what went wrong in our own words.
//
//     busy           the answer says that it will pass: again, after a pause that grows
//     no answer      again: what was done twice is known again; but never the end of a transaction
//     refused        an error, with the broker's reason

import { ConfigError, type SequiturError, TransportError } from "../../core/errors.ts";
import type { Clock } from "../../time/clock.ts";
import { type Backoff, mayPass, patiently } from "../../transports/kafka/retry.ts";
import { type AnswerOf, type Api, type Ask, type AskOf, isRefused, type KafkaCode } from "./calls.ts";

export type ClientOptions = {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Names the process. */
  readonly instance: string;
  /** How long an outage may last before it is a failure. */
  readonly retryWithinMs: number;
};

export type Client = {
  /** Until it succeeds, fails for good, or time is over. @throws {TransportError | ConfigError} */
  insist<A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A>>;
  /** Without a second try. */
  once<A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A>>;
};

const BACKOFF: Backoff = { firstMs: 20, mostMs: 500 };
/** What passes by itself. */
const BUSY: ReadonlySet<KafkaCode> = new Set<KafkaCode>(["CONCURRENT_TRANSACTIONS", "NOT_ENOUGH_REPLICAS"]);

export function createClient({ ask, clock, instance, retryWithinMs }: ClientOptions): Client {
  const attempt = async <A extends Api>(api: A, request: AskOf<A>): Promise<AnswerOf<A>> => {
    const answer = await ask(api, request);
    if (isRefused(answer)) throw refusedError(api, answer.refused);
    return answer;
  };
  return {
    insist: (api, request) =>
      patiently(() => attempt(api, request), {
        clock,
        backoff: BACKOFF,
        id: instance,
        withinMs: retryWithinMs,
        isRetriable: mayPass,
        onRetry: () => undefined,
        isOver: () => false,
      }),
    once: attempt,
  };
}

/** A refusal in the words of the Kafka transport. */
export function refusedError(api: Api, code: KafkaCode): SequiturError {
  const says = `The broker refused "${api}": ${code}.`;
  switch (code) {
    case "INVALID_PRODUCER_EPOCH":
      return new TransportError("PRODUCER_FENCED", says, { retriable: false });
    case "MESSAGE_TOO_LARGE":
      return new ConfigError("MESSAGE_TOO_LARGE", says);
    case "UNKNOWN_TOPIC_OR_PARTITION":
      return new ConfigError("MISSING_TOPIC", says);
    default:
      return new TransportError(code, says, { retriable: BUSY.has(code) });
  }
}
