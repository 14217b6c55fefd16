// What a service should have said and should hold in the end: what one task says and holds that reads all the input undisturbed.
import type { SavedLane } from "../../../../lib/state/checkpoint.ts";
import { startTask } from "../../../runtime/kit.ts";
import { chronicle } from "./chronicle.ts";
import { IDLE_AFTER_MS, taskConfig } from "./crew.ts";
import { readAll, type Saying, sayingOf } from "./readers.ts";
import type { Stage } from "./stage.ts";

export type Verdict = {
  readonly sayings: readonly Saying[];
  readonly lanes: readonly SavedLane[];
  /** Open runs of each pattern. */
  readonly runs: ReadonlyMap<string, number>;
};

/** Later than all that is read, earlier than absurd. */
const READ_AT = 1_000_000;

export async function judge(stage: Stage): Promise<Verdict> {
  const { crew, history, load, lost, simulation } = stage;
  const { service } = stage.story;
  const patterns = chronicle(crew.releases, history);
  const { task, out, drive } = startTask(taskConfig(service, load, patterns), service.partitions);
  for (const place of load.places()) {
    const gone = lost.filter((each) => each.place.topic === place.topic && each.place.partition === place.partition);
    const records = [...gone.flatMap((each) => each.records), ...(await readAll(simulation.broker, place))];
    drive({ kind: "batch", batch: { ...place, records, caughtUp: true }, readAt: READ_AT });
  }
  if (service.ends === "silence") {
    const now = READ_AT + 10 * IDLE_AFTER_MS;
    drive({ kind: "tick", now, isHeld: () => false, wasAbsent: false });
  }
  return {
    sayings: out.map(({ record }) => sayingOf(record.topic, { ...record, key: record.key ?? null })),
    lanes: task.save(),
    runs: new Map(task.tally().patterns.map(({ pattern, openRuns }) => [pattern, openRuns])),
  };
}
