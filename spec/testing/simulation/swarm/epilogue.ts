// What is tried with a service that has dealt with everything: it is started again, or as something that its state does not fit.
import { FIRST_RELEASE, type Process } from "./crew.ts";
import { killAll } from "./moves.ts";
import { echoing } from "./patterns.ts";
import { demand, type Stage } from "./stage.ts";
import type { Epilogue } from "./story.ts";

/** How long a process may take to find out that it must not go on. */
const REFUSES_WITHIN_MS = 60_000;
/** How long a service may take to be there again. */
const BACK_WITHIN_MS = 60_000;

/** The service is started again with everybody dead before; nobody may say anything. @throws {Error} if it says anything but what it has to. */
export async function tryOut(stage: Stage, epilogue: Exclude<Epilogue, "none">): Promise<void> {
  const { crew, simulation, story, load, situations } = stage;
  killAll(stage);
  const release = crew.release();
  switch (epilogue) {
    case "startAgain":
      await backAgain(stage, crew.start());
      situations.saw("everything was started again, and had nothing to say");
      return;
    case "olderRelease":
      return refuses(stage, crew.start({ release: { ...release, number: FIRST_RELEASE - 1 } }), ["SUPERSEDED"]);
    case "otherPatterns":
      // Of a shard that is of a newer release already, it is told that.
      return refuses(
        stage,
        crew.start({ release: { number: FIRST_RELEASE, wanted: [echoing("other")], oldRuns: "drop" } }),
        ["DUPLICATE_APP", "SUPERSEDED"],
      );
    case "moreShards":
      if (story.service.shards === story.service.partitions) return;
      return refuses(stage, crew.start({ shards: story.service.shards + 1 }), ["SHARD_COUNT"]);
    default: {
      const partitions = story.service.partitions + 1;
      const topics = new Set(load.places().map(({ topic }) => topic));
      for (const topic of topics) await simulation.broker.ask("growTopic", { topic, partitions });
      return refuses(stage, crew.start(), ["PARTITIONS_CHANGED"]);
    }
  }
}

async function refuses(stage: Stage, process: Process, codes: readonly string[]): Promise<void> {
  for (const code of codes) process.mayFailWith.add(code);
  for (let left = REFUSES_WITHIN_MS; left > 0 && process.error === null; left -= 1_000) await stage.sleep(1_000);
  const code = process.error?.code ?? "";
  demand(stage, `${process.instance.name} was not refused with ${codes}: ${process.error}`, codes.includes(code));
  stage.situations.saw(`refused: ${code}`);
}

async function backAgain(stage: Stage, process: Process): Promise<void> {
  const isBack = (): boolean => process.error !== null || process.engine.health().assigned;
  for (let left = BACK_WITHIN_MS; left > 0 && !isBack(); left -= 1_000) await stage.sleep(1_000);
  demand(stage, `${process.instance.name} was not back in time`, isBack());
  await stage.sleep(2_000);
}
