// Who coordinates the transactions of a producer. kafkajs asks for that before each of its requests: two round trips of the five
// that a transaction with output and state takes. Here it is asked once, after the producer was made known, and again after
// whatever goes wrong: then it may be another.

import type { CoordinatorQuestion, CreateTransactionManager, TransactionManager } from "./kafkajs-parts.ts";

/** As kafkajs numbers it; groups have coordinators, too. */
const OF_TRANSACTIONS = 1;

/** Makes managers as `create` does, that remember their coordinator. */
export function withKnownCoordinator(create: CreateTransactionManager): CreateTransactionManager {
  return (options) => {
    const { cluster } = options;
    let known: { readonly nodeId: unknown } | null = null;
    const findGroupCoordinator = async (question: CoordinatorQuestion): Promise<{ readonly nodeId: unknown }> => {
      if (question.coordinatorType !== OF_TRANSACTIONS) return cluster.findGroupCoordinator(question);
      if (known !== null) return cluster.findBroker({ nodeId: known.nodeId });
      const found = await cluster.findGroupCoordinator(question);
      // Before, kafkajs itself asks again and again until somebody is.
      if (manager.isInitialized()) known = { nodeId: found.nodeId };
      return found;
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
    return {
      ...manager,
      addPartitionsToTransaction: watched(manager.addPartitionsToTransaction),
      sendOffsets: watched(manager.sendOffsets),
      commit: watched(manager.commit),
      abort: watched(manager.abort),
    };
  };
}
