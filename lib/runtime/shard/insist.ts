// Doing again what failed, from its beginning. An error says nothing of what became of the attempt; each round finds out.

import { TransportError } from "../../core/errors.ts";
import { type ShardContext, statePlace } from "./context.ts";

/** Between rounds: twice as long each time, up to the longest. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * Does `round` until it succeeds; `null` if the shard was lost meanwhile, as when `round` says so itself.
 *
 * @throws what is no `TransportError` at once, and the last `TransportError` when time is over.
 */
export async function insist<T>(
  context: ShardContext,
  doing: string,
  round: () => Promise<T | null>,
): Promise<T | null> {
  const { clock, isOurs, onFaltering, retryWithinMs, seldom, shard } = context;
  const giveUpAt = clock.now() + retryWithinMs;
  for (let tries = 1; ; tries += 1) {
    try {
      const done = await round();
      if (tries > 1) onFaltering(false);
      return done;
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (!isOurs()) return null;
      const retryInMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
      if (clock.now() + retryInMs > giveUpAt) throw givenUp(context, doing, tries, error);
      const fields = { shard, reason: error.message, retryInMs };
      seldom("warn", `${doing} failed and will be tried again`, error.code, fields);
      onFaltering(true);
      await new Promise<void>((resolve) => clock.after(retryInMs, resolve));
      if (!isOurs()) return null;
    }
  }
}

function givenUp(context: ShardContext, doing: string, tries: number, cause: TransportError): TransportError {
  return new TransportError(
    "SHARD_GIVEN_UP",
    `Shard ${context.shard} is given up: ${doing} failed ${tries} times within ${context.retryWithinMs} ms, last with: ${cause.message} ` +
      `Nothing is lost: whoever takes over goes on from the last checkpoint in ${statePlace(context)}. ` +
      "Look after the brokers, then start the process again.",
    { cause, retriable: true }, // for whoever starts the process again
  );
}
