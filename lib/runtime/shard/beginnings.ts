// Where reading of a shard's inputs begins: where the last checkpoint says; of what it does not know, where the group stands
// or `startFrom` says. Then it is part of the next checkpoint, and nobody is asked again.

import { TransportError } from "../../core/errors.ts";
import type { SavedInput, SavedLane } from "../../state/checkpoint.ts";
import type { TopicPartition } from "../ports.ts";
import type { LogBounds } from "../shard-ports.ts";
import { lanesOf, type ShardContext, statePlace } from "./context.ts";
import { insist } from "./insist.ts";

/**
 * Every lane of the shard with a position in every input; `null` if the shard was lost meanwhile. `saved`: those of the last
 * checkpoint; none: it is the first time.
 *
 * @throws {TransportError} `DATA_LOST` if records that were not read are gone, and that is to be a failure.
 */
export async function beginningOf(
  context: ShardContext,
  saved: readonly SavedLane[],
): Promise<readonly SavedLane[] | null> {
  const { identity, shard, source, topics } = context;
  const lanes = lanesOf(shard, identity);
  const places = lanes.flatMap((partition) => topics.map((topic): TopicPartition => ({ topic, partition })));
  const savedOf = ({ topic, partition }: TopicPartition): SavedInput | undefined =>
    saved.find((lane) => lane.partition === partition)?.inputs.find((each) => each.topic === topic);
  const unknown = places.filter((place) => (savedOf(place)?.next ?? null) === null);
  const known = await insist(context, "looking up where the inputs stand", async () => {
    const found = unknown.length > 0 ? await source.beginnings(unknown) : [];
    return { found, bounds: await source.bounds(places) };
  });
  if (known === null) return null;
  const { found, bounds } = known;
  const inputs = places.map((place, index) => {
    const begun = found[unknown.indexOf(place)];
    const input = begun === undefined ? (savedOf(place) as SavedInput) : begunAt(place, begun);
    return withinBounds(context, place, input, bounds[index] as LogBounds);
  });
  return lanes.map((partition, index) => {
    const {
      released = "beginning",
      alerts = [],
      missed = [],
    } = saved.find((lane) => lane.partition === partition) ?? {};
    const ofLane = inputs.slice(index * topics.length, (index + 1) * topics.length);
    return { partition, released, inputs: ofLane, alerts, missed };
  });
}

function begunAt({ topic }: TopicPartition, offset: bigint): SavedInput {
  const counts = { records: 0, onTime: 0, late: 0, deadLettered: 0, skipped: 0 };
  const [next, from] = [`${offset}`, `${offset}`];
  return { topic, next, from, newest: "beginning", outOfOrdernessMs: 0, sealed: [], counts };
}

function withinBounds(context: ShardContext, place: TopicPartition, input: SavedInput, bounds: LogBounds): SavedInput {
  const [from, next] = [BigInt(input.from ?? 0), BigInt(input.next ?? 0)];
  if (from >= bounds.start && from <= bounds.end) return input;
  if (context.onDataLoss === "fail") throw dataLost(context, place, from, bounds);
  const { log, shard } = context;
  log("error", "records were deleted before they were read; going on behind them", {
    code: "DATA_LOST",
    shard,
    ...place,
    from: String(from),
    start: String(bounds.start),
    end: String(bounds.end),
  });
  // In a log that was made anew nothing is known; else only what is gone is skipped, and what was dealt with stays so.
  const isNew = from > bounds.end;
  return { ...input, from: `${bounds.start}`, next: `${isNew || next < bounds.start ? bounds.start : next}` };
}

function dataLost(
  context: ShardContext,
  place: TopicPartition,
  from: bigint,
  { start, end }: LogBounds,
): TransportError {
  const where = `partition ${place.partition} of "${place.topic}"`;
  const what =
    from < start
      ? `Records ${from} to ${start - 1n} of ${where} were deleted before they were dealt with: the log begins at ${start}.`
      : `The log of ${where} ends at ${end}, but reading stands at ${from}: the topic was deleted and made anew, or records were lost.`;
  return new TransportError(
    "DATA_LOST",
    `${what} Alerts may be missing, so the service stops. To go on with what is there, set kafka.onDataLoss to "continue"; positions are saved ` +
      `in ${statePlace(context)}, those of the group are only for show. To lose nothing next time, keep records longer (retention.ms) than the service may be down.`,
    { retriable: false },
  );
}
