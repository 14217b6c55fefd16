// What taking over, checkpointing and resolving a shard have in common.

import type { SavedPattern } from "../../state/checkpoint.ts";
import { stateTopicOf } from "../../state/names.ts";
import type { Clock } from "../../time/clock.ts";
import type { Log } from "../ports.ts";
import type { SeldomLog } from "../seldom.ts";
import type { ShardSource, StateLog } from "../shard-ports.ts";
import type { TaskConfig } from "../task.ts";
import type { Account } from "./account.ts";
import type { ShardMeter } from "./meter.ts";

/** What makes saved state ours. */
export type ServiceIdentity = {
  readonly app: string;
  /** Names one run of one process: two runs never have the same. */
  readonly instance: string;
  /** Grows with every change of the service. */
  readonly release: number;
  readonly shards: number;
  /** Of each input. */
  readonly partitions: number;
  /** In the order of the service: pages name them by their place. */
  readonly patterns: readonly KnownPattern[];
};

/** A pattern, and what it can be made of again: a text that `OldForms` reads; `null`: it cannot, as it has functions. */
export type KnownPattern = SavedPattern & { readonly form: string | null };

/** What becomes of the runs of patterns that a later release has changed or left out. */
export type OldForms = {
  /** What is chosen for the pattern of that name. */
  readonly choice: (pattern: string) => "drain" | "drop";
  /**
   * How records are judged and matched with patterns of these forms behind those of the service; they begin no run.
   *
   * @throws {PatternError} if one cannot be read or means nothing any more.
   */
  readonly revive: (forms: readonly string[]) => Revived;
};

/** `outputs`: the topics that revived patterns write. */
export type Revived = { readonly task: TaskConfig; readonly outputs: readonly string[] };

/** A shard, and what is needed to keep it. */
export type ShardContext = {
  readonly shard: number;
  readonly identity: ServiceIdentity;
  /** The inputs. */
  readonly topics: readonly string[];
  readonly source: Pick<ShardSource, "proveMembership" | "bounds" | "beginnings">;
  readonly state: Pick<StateLog, "takeOver" | "bounds" | "read" | "trim">;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the process: shards fail together, each as often as the others. */
  readonly seldom: SeldomLog;
  readonly meter: ShardMeter;
  /** Of the process. */
  readonly account: Account;
  /** How records are judged and matched. */
  readonly task: TaskConfig;
  readonly oldForms: OldForms;
  /** Makes sure that topics can be written that the service does not write by itself. */
  readonly openOutputs: (topics: readonly string[]) => Promise<void>;
  /** What to do if the inputs do not have any more what has to be read next. */
  readonly onDataLoss: "fail" | "continue";
  /** How long what fails is tried again before the shard is given up. */
  readonly retryWithinMs: number;
  /** Is told when something fails and is tried again, each time, and when it does not any more. */
  readonly onFaltering: (isFaltering: boolean) => void;
  /** Whether the group still gives us the shard. Asked after everything that takes time. */
  readonly isOurs: () => boolean;
  /** A name that no other taking over has. */
  readonly nextNonce: () => string;
};

/** Whether what one holds is that of the other. */
export function isSamePattern(
  one: Pick<SavedPattern, "name" | "fingerprint">,
  other: Pick<SavedPattern, "name" | "fingerprint">,
): boolean {
  return one.name === other.name && one.fingerprint === other.fingerprint;
}

/** The state partition, for messages. */
export function statePlace({ shard, identity }: Pick<ShardContext, "shard" | "identity">): string {
  return `partition ${shard} of "${stateTopicOf(identity.app)}"`;
}

/** The partitions of each input that belong to a shard. */
export function lanesOf(shard: number, { shards, partitions }: ServiceIdentity): readonly number[] {
  const lanes: number[] = [];
  for (let lane = shard; lane < partitions; lane += shards) lanes.push(lane);
  return lanes;
}
