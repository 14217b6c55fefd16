// What operators do to a service while it is hurt, and what befalls all of its processes at once.
import { unreachable } from "../../../../lib/core/errors.ts";
import type { AnswerOf } from "../../../../lib/testing/simulation/calls.ts";
import { losesInput } from "./load.ts";
import { readAll } from "./readers.ts";
import type { Stage } from "./stage.ts";
import { checkpointsOf } from "./state.ts";
import type { Move } from "./story.ts";

/** How long a process may take to find out that its input is gone. */
const REFUSES_WITHIN_MS = 30_000;
/** What was decided before is visible by then. */
const MARKERS_WRITTEN_MS = 500;

export async function make(stage: Stage, move: Move): Promise<void> {
  const { crew, situations, sleep } = stage;
  switch (move.does) {
    case "join":
      situations.saw("a process joined");
      crew.start();
      return;
    case "leave": {
      const [process, another] = crew.living();
      if (process === undefined || another === undefined) return;
      situations.saw("a process left");
      process.engine.stop().catch(() => undefined);
      return;
    }
    case "killAll":
      situations.saw("all were killed at once");
      killAll(stage);
      await sleep(move.backMs);
      return startAll(stage);
    case "stopAll":
      situations.saw("all were stopped at once");
      for (const { engine } of crew.living()) engine.stop().catch(() => undefined);
      await sleep(move.backMs);
      return startAll(stage);
    case "pauseAll": {
      situations.saw("all slept at once");
      const sleepers = crew.living();
      for (const { instance } of sleepers) instance.pause();
      await sleep(move.forMs);
      for (const { instance } of sleepers) instance.resume();
      return;
    }
    case "upgrade":
      situations.saw(move.losesOne ? "a release that lost a pattern" : "a release with a new pattern");
      if (move.changesOne) situations.saw("a release that changed a pattern");
      crew.upgrade(move);
      crew.start();
      return;
    case "deleteInput":
      return losesInput(stage.story) ? deleteInput(stage, move) : startAll(stage);
    default:
      unreachable(move);
  }
}

export function killAll({ crew }: Stage): void {
  for (const { instance } of crew.processes) if (!instance.isDead()) instance.kill();
}

/** As many as the service has. */
function startAll({ crew, story }: Stage): void {
  for (let n = 0; n < story.service.processes; n += 1) crew.start();
}

/** Retention deletes what was not dealt with. A process that is to fail then fails; others go on behind what is gone. */
async function deleteInput(stage: Stage, move: Extract<Move, { does: "deleteInput" }>): Promise<void> {
  const { crew, simulation, situations, sleep, story, lost } = stage;
  const { ask } = simulation.broker;
  killAll(stage);
  crew.goOnWithoutInput();
  await sleep(MARKERS_WRITTEN_MS);
  const place = stage.load.placeOf({ topic: move.records, partition: move.partition });
  const shard = place.partition % story.service.shards;
  const last = (await checkpointsOf(simulation.broker, story.service, shard)).at(-1);
  const saved = last?.lanes.find(({ partition }) => partition === place.partition);
  const from = BigInt(saved?.inputs.find(({ topic }) => topic === place.topic)?.from ?? 0);
  const { offset: stable } = (await ask("listOffsets", {
    ...{ ...place, at: "latest", isolation: "committed" },
  })) as AnswerOf<"listOffsets">;
  const wanted = from + BigInt(move.records);
  const to = wanted < stable ? wanted : stable;
  if (to > from) {
    const records = (await readAll(simulation.broker, place)).filter(({ offset }) => offset < to);
    lost.push({ place, from, records });
    situations.saw("input was deleted before it was dealt with");
    await ask("deleteRecords", { ...place, before: to });
    await refuse(stage);
  }
  startAll(stage);
}

/** One that is to fail when input is lost; it does, unless the checkpoint that it begins at turns out to be a later one. */
async function refuse({ crew, situations, sleep }: Stage): Promise<void> {
  const process = crew.start({ onDataLoss: "fail", mayFailWith: ["DATA_LOST"] });
  for (let left = REFUSES_WITHIN_MS; left > 0 && process.error === null; left -= 500) {
    if (process.engine.health().assigned) break;
    await sleep(500);
  }
  if (process.error?.code === "DATA_LOST") situations.saw("a process refused to go on without input that is gone");
  process.instance.kill();
}
