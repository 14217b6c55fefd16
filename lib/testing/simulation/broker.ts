// The model broker: one node of Kafka in memory, as far as exactly-once can see it. It answers at once, or, as a broker does, when
// others have joined or there is something to read; it never fails. What gets lost on the way is the network's doing.
//
//     ask ──▶ topics ──▶ partition logs ◀──markers── transactions
//        └──▶ groups, their offsets     ◀──markers──┘

import type { Clock } from "../../time/clock.ts";
import type { Answers } from "./answers.ts";
import type { Ask, ProducerStamp } from "./calls.ts";
import { createGroup } from "./group.ts";
import { type GroupAndOffsets, groupAnswers } from "./group-answers.ts";
import { createGroupOffsets } from "./group-offsets.ts";
import { recordAnswers } from "./record-answers.ts";
import { topicAnswers } from "./topic-answers.ts";
import { createTopics } from "./topics.ts";
import { transactionAnswers } from "./transaction-answers.ts";
import { createTransactions, type Outcome } from "./transactions.ts";

export type ModelBrokerOptions = {
  readonly clock: Clock;
  /** How long until the next marker of a decided transaction is written. Default: at once. */
  readonly markerMs?: () => number;
  /** Names as Kafka has them, with Kafka's defaults where nothing else is said. */
  readonly settings?: Partial<BrokerSettings>;
  /** Is told what becomes of each transaction when that is settled. */
  readonly onDecided?: (transactionalId: string, stamp: ProducerStamp, outcome: Outcome) => void;
};

export type BrokerSettings = {
  readonly transactionMaxTimeoutMs: number;
  readonly abortTimedOutTransactionEveryMs: number;
  /** How often what is older than the topic's `retention.ms` is deleted. */
  readonly retentionCheckEveryMs: number;
  readonly groupMinSessionTimeoutMs: number;
  readonly groupMaxSessionTimeoutMs: number;
};

const DEFAULTS: BrokerSettings = {
  transactionMaxTimeoutMs: 900_000,
  abortTimedOutTransactionEveryMs: 10_000,
  retentionCheckEveryMs: 300_000,
  groupMinSessionTimeoutMs: 6_000,
  groupMaxSessionTimeoutMs: 1_800_000,
};

export type ModelBroker = {
  readonly ask: Ask;
  /** Ids with a transaction that is not complete. */
  openTransactions(): readonly string[];
};

export function createModelBroker(options: ModelBrokerOptions): ModelBroker {
  const { clock, markerMs = () => 0, onDecided = () => {} } = options;
  const settings = { ...DEFAULTS, ...options.settings };
  const topics = createTopics(clock);
  const groups = createGroups(clock, settings);
  const transactions = createTransactions({
    clock,
    maxTimeoutMs: settings.transactionMaxTimeoutMs,
    timeoutCheckMs: settings.abortTimedOutTransactionEveryMs,
    markerMs,
    onDecided,
    mark: (participant, { producerId, epoch }, outcome) => {
      if (participant.kind === "group") groups(participant.group).offsets.mark(producerId, outcome);
      else topics.find(participant.place)?.mark(producerId, epoch, outcome); // Markers of a deleted topic are left out.
    },
  });
  const answers: Answers = {
    ...topicAnswers(topics),
    ...transactionAnswers(topics, transactions, groups),
    ...recordAnswers(topics, transactions, clock),
    ...groupAnswers(groups),
  };
  let expiredAt = clock.now();
  /** When it is asked, not by itself: else something would always be left to happen. */
  const expireIfDue = (): void => {
    if (clock.now() - expiredAt < settings.retentionCheckEveryMs) return;
    expiredAt = clock.now();
    topics.expire();
  };
  return {
    ask: async (api, ask) => {
      expireIfDue();
      return answers[api](ask);
    },
    openTransactions: () => transactions.open(),
  };
}

/** Groups are there when somebody asks for them. */
function createGroups(clock: Clock, settings: BrokerSettings): (name: string) => GroupAndOffsets {
  const groups = new Map<string, GroupAndOffsets>();
  let members = 0;
  const create = (): GroupAndOffsets => ({
    group: createGroup({
      clock,
      minSessionTimeoutMs: settings.groupMinSessionTimeoutMs,
      maxSessionTimeoutMs: settings.groupMaxSessionTimeoutMs,
      nextMember: () => `member-${members++}`,
    }),
    offsets: createGroupOffsets(),
  });
  return (name) => {
    const group = groups.get(name) ?? create();
    groups.set(name, group);
    return group;
  };
}
