// What happens in one world, as data: a service, what arrives at it, what goes wrong, what its operators do. Everything follows from
// it, so two runs of one story are the same; and it can be made smaller piece by piece until only what matters is left.
//
//     seed ─▶ stories.ts ─▶ story ─▶ play-story.ts ─▶ one world: hurt, left alone, looked at
//                            ▲ shrink.ts takes away what it fails without
import type { Guarantee } from "../../../../lib/runtime/shard/outlet.ts";
import type { Api } from "../../../../lib/testing/simulation/calls.ts";

export type Story = {
  /** Chance of what has no place in a story: how long messages are on their way, who is first at the same instant. */
  readonly chance: number;
  readonly faults: readonly Fault[];
  readonly moves: readonly Move[];
  readonly foreign: readonly Foreign[];
  readonly arrivals: readonly Arrival[];
  readonly service: Service;
  /** What is tried with the service once it has dealt with everything. */
  readonly epilogue: Epilogue;
};

/** Strikes the nth request of its kind that any process sends while the service is hurt. */
export type Fault = { readonly api: Api; readonly nth: number } & Harm;

export type Harm =
  /** It, or its answer, gets lost; the process learns of it later, as when a connection is reset. */
  | { readonly does: "lose"; readonly what: "request" | "answer"; readonly noticedMs: number }
  /** It is on its way for longer than the process waits for an answer. */
  | { readonly does: "hold"; readonly forMs: number }
  /** It arrives twice. */
  | { readonly does: "double" }
  /** kill -9 of the process, before the request arrives or after; another takes its place, unless `backMs` is null. */
  | { readonly does: "kill"; readonly afterMs: number; readonly backMs: number | null }
  /** SIGSTOP, SIGCONT. */
  | { readonly does: "pause"; readonly forMs: number };

/** What operators do, or what befalls them all. */
export type Move = { readonly atMs: number } & (
  | { readonly does: "join" | "leave" }
  | { readonly does: "killAll" | "stopAll"; readonly backMs: number }
  | { readonly does: "pauseAll"; readonly forMs: number }
  /** From now on processes are of the next release: it has another pattern, may have lost one, and may have changed the first. */
  | {
      readonly does: "upgrade";
      readonly losesOne: boolean;
      readonly changesOne: boolean;
      /** What becomes of runs of patterns that were lost or changed. */
      readonly oldRuns: "drain" | "drop";
    }
  /** Nobody is there for so long that input is deleted that was not dealt with. */
  | { readonly does: "deleteInput"; readonly partition: number; readonly records: number }
);

/** A record for an input. */
export type Arrival = {
  readonly atMs: number;
  readonly topic: number;
  readonly partition: number;
  readonly is: "event" | "broken" | "absurd" | "huge";
  readonly key: number;
  /** How far its time is behind those that come at the same moment, in units of the service's time. */
  readonly lag: number;
  readonly type: string;
  readonly v: number;
  readonly boom: boolean;
  /** For patterns that say what their events tell them to: at once; so much later, 0: never. */
  readonly hit: boolean;
  readonly alarm: number;
};

/** Some records in a transaction of a producer that is none of ours. An abandoned one is aborted by the broker, after a while. */
export type Foreign = {
  readonly atMs: number;
  readonly topic: number;
  readonly partition: number;
  readonly records: number;
  readonly stepMs: number;
  readonly ending: "committed" | "aborted" | "abandoned";
};

export type Service = {
  readonly topics: 1 | 2;
  readonly partitions: number;
  readonly shards: number;
  readonly processes: number;
  /** Keys of a partition. */
  readonly keys: number;
  /** Seeds of random patterns of the language; without any, two that say what their events tell them to. */
  readonly patterns: readonly number[];
  /** How far out of order each input may be, in units of time. */
  readonly disorder: readonly [number, number];
  /** Whether last records let time go beyond all others, or silence does. */
  readonly ends: "records" | "silence";
  readonly commitEveryMs: number;
  readonly saveEveryMs: number;
  readonly trimEveryMs: number;
  /** A log of state that is shorter is not made smaller. */
  readonly minLogBytes: number;
  readonly maxUnsentBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxBatchBytes: number;
  readonly latestMarkerMs: number;
  /** With at-least-once an alert is sent ahead of its checkpoint: it may be there again, but never be missing. */
  readonly guarantee: Guarantee;
  /** Of whoever takes alerts that are sent ahead. */
  readonly latestSendMs: number;
};

export type Epilogue = "none" | "startAgain" | "olderRelease" | "otherPatterns" | "moreShards" | "morePartitions";

/** A story for people: what goes wrong line by line, the rest in one. */
export function tellStory({ faults, moves, foreign, arrivals, service, epilogue }: Story): string {
  const { topics, partitions, shards, processes, patterns } = service;
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const head = [
    ...[counted(faults.length, "fault"), counted(moves.length, "move"), counted(foreign.length, "foreign transaction")],
    ...[
      counted(arrivals.length, "record"),
      `${topics} × ${counted(partitions, "partition")}`,
      counted(shards, "shard"),
    ],
    ...[counted(processes, "process"), patterns.length === 0 ? "echo" : `patterns ${patterns.join(" ")}`],
    ...[service.guarantee, `ends by ${service.ends}`, `epilogue ${epilogue}`],
  ];
  const lines = [
    ...faults.map(({ api, nth, ...harm }) => `${api} ${nth}: ${fields(harm)}`),
    ...moves.map(({ atMs, ...move }) => `at ${atMs} ms: ${fields(move)}`),
    ...foreign.map(({ atMs, ...transaction }) => `at ${atMs} ms, foreign: ${fields(transaction)}`),
  ];
  return [head.join(", "), ...lines].join("\n  ");
}

function fields(record: object): string {
  return Object.entries(record)
    .map(([name, value]) => (name === "does" ? String(value) : `${name} ${value}`))
    .join(", ");
}
