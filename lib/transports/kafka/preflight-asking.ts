// What the questions of a preflight have in common.

import type { Admin, Cluster } from "kafkajs";
import type { SequiturError } from "../../core/errors.ts";
import type { Clock } from "../../time/clock.ts";
import type { KafkaDefinition } from "./options.ts";

/** What was asked for, or why it is not known. */
export type Answer<T> =
  | { readonly kind: "known"; readonly value: T }
  | { readonly kind: "refused"; readonly error: SequiturError };

/** What asking needs. */
export type Asking = {
  readonly admin: Admin;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly definition: KafkaDefinition;
  /** Does `work`; what goes wrong in it is the answer. `doing` as in `explainKafkaError`. */
  readonly ask: <T>(
    doing: string,
    where: { readonly topic?: string; readonly group?: string; readonly transactionalId?: string },
    work: () => Promise<T>,
  ) => Promise<Answer<T>>;
};
