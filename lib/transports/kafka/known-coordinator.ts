// Who coordinates the transactions of a producer. kafkajs asks for that before each of its requests: two round trips of the five
// that a transaction with output and state takes. Here it is asked once, after the producer was made known, and again after
// whatever goes wrong: then it may be another.
//
// The end of a transaction is asked for again where the answer says: ask another broker, or ask later. One that answers so may still
// have written the end down, and lost its office over it; it is the same end of the same transaction, and decided once, as long as the
// producer begins nothing else. For that reason no later error counts, not even "fenced", but the first answer. Where none came, nothing
// is asked again: the request may be on its way.

import type {
  CoordinatorQuestion,
  CreateRetrier,
  CreateTransactionManager,
  TransactionCoordinator,
  TransactionManager,
} from "./kafkajs-parts.ts";

/** As kafkajs numbers it; groups have coordinators, too. */
const OF_TRANSACTIONS = 1;

const ASK_AGAIN: ReadonlySet<unknown> = new Set([
  "NOT_COORDINATOR_FOR_GROUP",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
  "CONCURRENT_TRANSACTIONS", // an end that was written down is being carried out
]);

/** Makes managers as `create` does, that remember their coordinator. */
export function withKnownCoordinator(
  create: CreateTransactionManager,
  createRetrier: CreateRetrier,
): CreateTransactionManager {
  return (options) => {
    const { cluster } = options;
    const retrier = createRetrier(cluster.retry);
    let known: { readonly nodeId: unknown } | null = null;
    let isEnding = false;
    const find = async (question: CoordinatorQuestion): Promise<TransactionCoordinator> => {
      if (known !== null) return cluster.findBroker({ nodeId: known.nodeId });
      const found = await cluster.findGroupCoordinator(question);
      // Before, kafkajs itself asks again and again until somebody is.
      if (manager.isInitialized()) known = { nodeId: found.nodeId };
      return found;
    };
    /** @throws the first failure */
    const end = async (question: CoordinatorQuestion, request: object): Promise<unknown> => {
      let first: unknown = null;
      const attempt = async (bail: (error: Error) => void): Promise<unknown> => {
        try {
          const coordinator = await find(question);
          return await coordinator.endTxn(request);
        } catch (error) {
          first ??= error;
          known = null;
          if (ASK_AGAIN.has((error as { readonly type?: unknown }).type)) throw error;
          return bail(error as Error);
        }
      };
      return retrier(attempt).catch(() => {
        throw first;
      });
    };
    const findGroupCoordinator = async (question: CoordinatorQuestion): Promise<TransactionCoordinator> => {
      if (question.coordinatorType !== OF_TRANSACTIONS) return cluster.findGroupCoordinator(question);
      return isEnding ? { nodeId: null, endTxn: (request) => end(question, request) } : find(question);
    };
    const manager: TransactionManager = create({
      ...options,
      cluster: {
        retry: cluster.retry,
        findGroupCoordinator,
        findBroker: (about) => cluster.findBroker(about),
        findControllerBroker: () => cluster.findControllerBroker(),
        refreshMetadataIfNecessary: () => cluster.refreshMetadataIfNecessary(),
      },
    });
    const watched =
      <Given extends unknown[]>(act: (...given: Given) => Promise<unknown>) =>
      async (...given: Given): Promise<unknown> => {
        try {
          return await act(...given);
        } catch (error) {
          known = null;
          throw error;
        }
      };
    const ending = (act: () => Promise<unknown>) => async (): Promise<unknown> => {
      isEnding = true;
      try {
        return await act();
      } finally {
        isEnding = false;
      }
    };
    return {
      ...manager,
      addPartitionsToTransaction: watched(manager.addPartitionsToTransaction),
      sendOffsets: watched(manager.sendOffsets),
      commit: ending(manager.commit),
      abort: ending(manager.abort),
    };
  };
}
