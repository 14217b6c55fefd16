// What stands in the state topic of a service, as a committed reader finds it.
import type { Checkpoint } from "../../../../lib/state/checkpoint.ts";
import { createReplay } from "../../../../lib/state/replay.ts";
import type { ModelBroker } from "../../../../lib/testing/simulation/broker.ts";
import type { AnswerOf } from "../../../../lib/testing/simulation/calls.ts";
import { APP } from "./crew.ts";
import { readAll } from "./readers.ts";
import type { Service } from "./story.ts";

/** The checkpoints of a shard that are still there; reading them is a check in itself. @throws {CheckpointError} */
export async function checkpointsOf(
  broker: ModelBroker,
  { shards, partitions }: Pick<Service, "shards" | "partitions">,
  shard: number,
): Promise<readonly Checkpoint[]> {
  const replay = createReplay({ app: APP, shards, partitions }, `shard ${shard}`);
  const place = { topic: `${APP}-state`, partition: shard };
  const { offset: start } = (await broker.ask("listOffsets", {
    ...{ ...place, at: "earliest", isolation: "committed" },
  })) as AnswerOf<"listOffsets">;
  const records = await readAll(broker, place);
  const told = records.flatMap(({ offset, value }) => replay.take(offset, value) ?? []);
  replay.finish(start ?? 0n);
  return told.flatMap((each) => (each.kind === "checkpoint" ? [each.checkpoint] : []));
}
