// Which topic an error of a request is about. A request that writes names several, and so does one for metadata, and brokers answer for
// each; kafkajs throws the first code that is not zero and forgets whose it is. Where one topic is refused, the others are "not attempted", which says nothing
// and is tried again for ever: the code that counts is the first of another kind.

import type { Added, Described, Produced, ProtocolErrors, StockResponse } from "./kafkajs-parts.ts";

/** Nothing was wrong with this partition, but with another one in the request. */
const NOT_ATTEMPTED = 55;

type Outcome = { readonly topic: string; readonly code: number };

/** Reads the answer to what was written, and errors say of which topic they are. */
export function ofProduce(response: StockResponse<Produced>, errors: ProtocolErrors): StockResponse<Produced> {
  return naming(response, errors, ({ topics }) =>
    topics.flatMap(({ topicName: topic, partitions }) => partitions.map(({ errorCode: code }) => ({ topic, code }))),
  );
}

/** The same of what was to become part of a transaction. */
export function ofAddPartitions(response: StockResponse<Added>, errors: ProtocolErrors): StockResponse<Added> {
  return naming(response, errors, (data) =>
    data.errors.flatMap(({ topic, partitionErrors }) =>
      partitionErrors.map(({ errorCode: code }) => ({ topic, code })),
    ),
  );
}

/** The same of what was asked about topics: first those that are refused as a whole. */
export function ofMetadata(response: StockResponse<Described>, errors: ProtocolErrors): StockResponse<Described> {
  return naming(response, errors, ({ topicMetadata }) => [
    ...topicMetadata.map(({ topic, topicErrorCode: code }) => ({ topic, code })),
    ...topicMetadata.flatMap(({ topic, partitionMetadata }) =>
      partitionMetadata.map(({ partitionErrorCode: code }) => ({ topic, code })),
    ),
  ]);
}

function naming<Data>(
  response: StockResponse<Data>,
  { failure, createErrorFromCode }: ProtocolErrors,
  outcomesOf: (data: Data) => readonly Outcome[],
): StockResponse<Data> {
  return {
    ...response,
    parse: async (data) => {
      const failed = outcomesOf(data).filter(({ code }) => failure(code));
      const culprit = failed.find(({ code }) => code !== NOT_ATTEMPTED) ?? failed[0];
      if (culprit === undefined) return data;
      throw Object.assign(createErrorFromCode(culprit.code), { topic: culprit.topic });
    },
  };
}
