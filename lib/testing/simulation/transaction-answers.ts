// Requests about transactions: the coordinator's, and that of the group whose offsets are in one.

import { type Answers, done } from "./answers.ts";
import type { GroupAndOffsets } from "./group-answers.ts";
import type { Topics } from "./topics.ts";
import type { Transactions } from "./transactions.ts";

export function transactionAnswers(
  topics: Topics,
  transactions: Transactions,
  groups: (name: string) => GroupAndOffsets,
): Pick<Answers, "initProducer" | "addPartitions" | "addOffsets" | "commitOffsetsInTransaction" | "endTransaction"> {
  return {
    initProducer: ({ transactionalId, timeoutMs }) => transactions.init(transactionalId, timeoutMs),
    addPartitions: ({ places, ...stamp }) => {
      if (places.some((place) => topics.find(place) === null)) return done("UNKNOWN_TOPIC_OR_PARTITION");
      return done(
        transactions.add(
          stamp,
          places.map((place) => ({ kind: "partition", place })),
        ),
      );
    },
    addOffsets: ({ group, ...stamp }) => done(transactions.add(stamp, [{ kind: "group", group }])),
    commitOffsetsInTransaction: ({ group, offsets, ...stamp }) => {
      const code = transactions.verify(stamp, { kind: "group", group });
      if (code === null) groups(group).offsets.commitInTransaction(stamp.producerId, offsets);
      return done(code);
    },
    endTransaction: ({ commit, ...stamp }) => done(transactions.end(stamp, commit ? "commit" : "abort")),
  };
}
