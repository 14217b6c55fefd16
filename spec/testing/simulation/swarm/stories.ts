// The stories of the swarm, as an arbitrary of fast-check. Each draws its own kinds of trouble, so that some lose much, some kill
// much, some do neither; what is rare in a run, as the end of a transaction, is struck as often as what comes all the time.
import fc from "fast-check";
import type { Api } from "../../../../lib/testing/simulation/calls.ts";
import type { Arrival, Epilogue, Fault, Foreign, Harm, Move, Service, Story } from "./story.ts";

/** While the service is hurt. */
export const HURT_MS = 8_000;
const MOST_FAULTS = 30;
const MOST_ARRIVALS = 80;
const TYPES = ["a", "b", "c", "d"] as const;

/** How often requests of a kind are struck, and how many there are in a usual world while it is hurt: beyond, faults strike nothing. */
const STRUCK: readonly (readonly [api: Api, weight: number, usual: number])[] = [
  ["endTransaction", 6, 30],
  ["produce", 5, 45],
  ["addPartitions", 4, 45],
  ["initProducer", 3, 5],
  ["fetch", 3, 60],
  ["heartbeat", 3, 14],
  ["listOffsets", 2, 30],
  ["join", 2, 8],
  ["sync", 2, 6],
  ["deleteRecords", 2, 8],
  ["describeTopic", 1, 30],
  ["createTopic", 1, 6],
  ["fetchOffsets", 1, 2],
  ["commitOffsets", 1, 6],
  ["leave", 1, 1],
];

/** What comes first is simpler. */
const SIMPLER = { withCrossShrink: true } as const;

const ms = (least: number, most: number): fc.Arbitrary<number> => fc.integer({ min: least, max: most });
const upTo = <T>(most: number, each: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(each, { maxLength: most, size: "max" });

const harm: fc.Arbitrary<Harm> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("lose" as const),
      what: fc.constantFrom("request" as const, "answer" as const),
      noticedMs: ms(0, 300),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("double" as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("hold" as const), forMs: ms(2_000, 5_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("kill" as const),
      afterMs: ms(0, 8),
      backMs: fc.option(ms(0, 2_000), { freq: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("pause" as const), forMs: ms(100, 18_000) }) },
);

const place: fc.Arbitrary<Pick<Fault, "api" | "nth">> = fc.oneof(
  ...STRUCK.map(([api, weight, usual]) => ({
    weight,
    arbitrary: fc.record({ api: fc.constant(api), nth: ms(1, usual) }),
  })),
);

const fault: fc.Arbitrary<Fault> = fc.tuple(place, harm).map(([where, what]) => ({ ...where, ...what }));

const atMs = ms(0, HURT_MS);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ atMs, does: fc.constantFrom("join" as const, "leave" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      atMs,
      does: fc.constantFrom("killAll" as const, "stopAll" as const),
      backMs: ms(0, 3_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ atMs, does: fc.constant("pauseAll" as const), forMs: ms(100, 12_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      atMs,
      does: fc.constant("upgrade" as const),
      losesOne: fc.boolean(),
      changesOne: fc.boolean(),
      oldRuns: fc.constantFrom("drop" as const, "drain" as const, "drain" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      atMs,
      does: fc.constant("deleteInput" as const),
      partition: fc.nat(3),
      records: ms(1, 6),
    }),
  },
);

const foreign: fc.Arbitrary<Foreign> = fc.record({
  atMs,
  topic: fc.nat(1),
  partition: fc.nat(3),
  records: ms(1, 3),
  stepMs: ms(0, 300),
  ending: fc.constantFrom("committed" as const, "aborted" as const, "abandoned" as const),
});

const arrival: fc.Arbitrary<Arrival> = fc.record({
  atMs,
  topic: fc.nat(1),
  partition: fc.nat(3),
  is: fc.oneof(
    { weight: 30, arbitrary: fc.constant("event" as const) },
    { weight: 2, arbitrary: fc.constant("broken" as const) },
    { weight: 1, arbitrary: fc.constantFrom("absurd" as const, "huge" as const) },
  ),
  key: fc.nat(2),
  lag: ms(0, 14),
  type: fc.constantFrom(...TYPES),
  v: fc.nat(3),
  boom: fc.nat(40).map((n) => n === 40),
  hit: fc.boolean(),
  alarm: fc.nat(60),
});

const service: fc.Arbitrary<Omit<Service, "guarantee" | "latestSendMs">> = fc
  .record({
    topics: fc.constantFrom(2 as const, 1 as const),
    partitions: ms(1, 4),
    shards: ms(1, 3),
    processes: ms(1, 3),
    keys: ms(1, 3),
    patterns: fc.oneof(SIMPLER, fc.constant([]), fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 2 })),
    disorder: fc.tuple(ms(0, 20), ms(0, 20)),
    ends: fc.constantFrom("records" as const, "records" as const, "records" as const, "silence" as const),
    commitEveryMs: ms(20, 250),
    saveEveryMs: ms(100, 800),
    trimEveryMs: ms(50, 1_000),
    minLogBytes: fc.constantFrom(1_000_000, 2_000, 500),
    maxUnsentBytes: fc.constantFrom(4_000, 1_000),
    maxQueuedBytes: fc.constantFrom(20_000, 1_000),
    maxBatchBytes: fc.constantFrom(65_536, 1_000),
    latestMarkerMs: fc.constantFrom(20, 100, 0),
  })
  .map((drawn) => ({ ...drawn, shards: Math.min(drawn.shards, drawn.partitions) }));

const epilogue: fc.Arbitrary<Epilogue> = fc.oneof(
  SIMPLER,
  { weight: 14, arbitrary: fc.constant("none" as const) },
  { weight: 2, arbitrary: fc.constant("startAgain" as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "olderRelease" as const,
      "otherPatterns" as const,
      "moreShards" as const,
      "morePartitions" as const,
    ),
  },
);

const sending = fc.record({
  guarantee: fc.constantFrom(...(["exactly-once", "exactly-once", "exactly-once", "at-least-once"] as const)),
  latestSendMs: fc.constantFrom(0, 20, 400),
});

/** What a story may have in it at all. */
const mostly = fc.nat(2).map((n) => n < 2);
const kinds = fc.record({ lose: mostly, double: mostly, hold: mostly, kill: mostly, pause: mostly });

/** All stories. */
export const stories: fc.Arbitrary<Story> = fc
  .record({
    kinds,
    story: fc.record({
      faults: upTo(MOST_FAULTS, fault),
      moves: upTo(4, move),
      foreign: upTo(5, foreign),
      arrivals: upTo(MOST_ARRIVALS, arrival),
      service,
      epilogue,
      chance: fc.noShrink(fc.integer()),
    }),
    sending,
  })
  .map(({ kinds, story, sending }) => ({
    ...story,
    faults: story.faults.filter(({ does }) => kinds[does]),
    service: { ...story.service, ...sending },
  }));

/** How fast-check is asked for the one story of a seed. */
export function parametersOf(seed: number): { readonly seed: number; readonly numRuns: 1; readonly unbiased: true } {
  return { seed, numRuns: 1, unbiased: true };
}

/** The story of a seed. Costs about a millisecond. */
export function storyOf(seed: number): Story {
  return fc.sample(stories, parametersOf(seed))[0] as Story;
}
