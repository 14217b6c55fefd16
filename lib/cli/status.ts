// sequitur status: how the saved state of a service stands, and who runs it. Looks only.

import { stateStatus } from "../service/state-status.ts";
import { systemClock } from "../time/clock.ts";
import { requireService } from "./exports.ts";
import { EXIT } from "./failure.ts";
import { withState } from "./kafka-state.ts";
import type { LoadedModule } from "./load.ts";
import { statusText } from "./status-text.ts";
import { print } from "./stdout.ts";

export type StatusCommand = {
  /** `null`: what the service or the environment says. */
  readonly brokers: string | null;
  /** Whether all of the state is read. */
  readonly whole: boolean;
  readonly json: boolean;
};

/** Prints it. Resolves with the exit code: 1 if a service could not go on from what is there. */
export async function status(module: LoadedModule, { brokers, whole, json }: StatusCommand): Promise<number> {
  const service = requireService(module);
  const [found, where] = await withState(service, brokers, async ({ look, kafka, question }) => [
    await stateStatus(look, { ...question, whole }, systemClock),
    kafka.brokers.join(", "),
  ]);
  const isDamaged = found.shards?.some(({ problem }) => problem !== null) ?? false;
  await print(
    json ? `${JSON.stringify({ brokers: where, ok: !isDamaged, ...found }, plain, 2)}\n` : statusText(found, where),
  );
  return isDamaged ? EXIT.failed : EXIT.fine;
}

/** Offsets as text, as in checkpoints; times as ISO 8601, and `null` at the ends of time. */
function plain(name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value === null || (name !== "at" && name !== "startedAt" && name !== "watermark")) return value;
  return Number.isFinite(value) ? new Date(value as number).toISOString() : null;
}
