// sequitur reset: forgets the saved state of a service. Guarded thrice: nobody may run, what is lost is shown, and somebody has to say so.

import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { ConfigError } from "../core/errors.ts";
import { type StateStatus, stateStatus } from "../service/state-status.ts";
import { systemClock } from "../time/clock.ts";
import type { StateLook } from "../transports/kafka/state-look.ts";
import { requireService } from "./exports.ts";
import { EXIT } from "./failure.ts";
import { count, counted } from "./figures.ts";
import { type OpenState, withState } from "./kafka-state.ts";
import type { LoadedModule } from "./load.ts";
import { namesOf } from "./status-text.ts";
import { print } from "./stdout.ts";

export type ResetCommand = {
  readonly brokers: string | null;
  /** Whether nobody is asked. */
  readonly yes: boolean;
  readonly json: boolean;
};

/**
 * Deletes the topic of the state, and says where the service will begin. Resolves with the exit code: 130 if it was called off.
 *
 * @throws {ConfigError} `STILL_RUNNING`, `NOT_CONFIRMED`; then nothing was deleted. {SequiturError} of the cluster
 */
export async function reset(module: LoadedModule, command: ResetCommand): Promise<number> {
  const service = requireService(module);
  return withState(service, command.brokers, async (state) => {
    const found = await stateStatus(state.look, { ...state.question, whole: false }, systemClock);
    const { app, topic, shards } = found;
    if (shards === null) {
      await tell(
        command,
        { app, topic, deleted: false },
        `there is no topic "${topic}", so there is nothing to forget\n`,
      );
      return EXIT.fine;
    }
    requireNobody(found);
    const begins = await beginningsOf(state);
    process.stderr.write(`${lossesOf(found)}\n${begins}\n`);
    if (!command.yes && !(await isConfirmed(app, process.stdin, process.stderr))) {
      process.stderr.write("nothing was deleted\n");
      return EXIT.killed;
    }
    requireNobody({ ...found, members: await state.look.members() }); // somebody may have started it meanwhile
    await state.look.remove();
    await tell(command, { app, topic, deleted: true }, `topic "${topic}" is gone\n${afterwards(state)}`);
    return EXIT.fine;
  });
}

function requireNobody({ app, group, members }: Pick<StateStatus, "app" | "group" | "members">): void {
  if (members.length === 0) return;
  throw new ConfigError(
    "STILL_RUNNING",
    `${app} is running: ${counted(members.length, "process is", "processes are")} in group "${group}" (${namesOf(members)}). Stop them all, or wait until the group has given up those that died, and try again. Nothing was deleted.`,
  );
}

function lossesOf({ app, topic, shards }: StateStatus): string {
  const saved = (shards ?? []).flatMap(({ shard, checkpoint, problem }) =>
    checkpoint === null && problem === null
      ? []
      : [`shard ${shard} ${checkpoint === null ? "(damaged)" : `at checkpoint ${count(checkpoint.seq)}`}`],
  );
  const what = saved.length === 0 ? "no checkpoint" : saved.join(", ");
  return `This deletes topic "${topic}", all saved state of ${app}: ${what}. Runs that are open, positions, and what was counted are forgotten; alerts that were sent stay.`;
}

async function beginningsOf({ look, kafka, question }: OpenState): Promise<string> {
  const lines: string[] = [];
  for (const topic of question.inputs) lines.push(await beginningOf(look, topic, kafka.startFrom));
  return lines.join("\n");
}

/** Where a service without state begins to read a topic. */
async function beginningOf(look: StateLook, topic: string, startFrom: string): Promise<string> {
  const counts = await look.counts([topic]);
  if (!counts.has(topic)) return `"${topic}" does not exist.`;
  const positions = [...(await look.committed(topic))].sort(([a], [b]) => a - b);
  const all = counts.get(topic) ?? 0;
  const rest = all - positions.length;
  const stands = positions
    .map(([partition, offset]) => `partition ${partition} at ${count(Number(offset))}`)
    .join(", ");
  const others =
    rest === 0
      ? ""
      : `${rest === all ? "all" : count(rest)} partitions at the ${startFrom === "earliest" ? "beginning" : "end"} (startFrom)`;
  return `Reading "${topic}" then begins where the consumer group stands: ${[stands, others].filter((text) => text !== "").join("; ")}.`;
}

function afterwards({ kafka, question }: OpenState): string {
  const move = `kafka-consumer-groups.sh --bootstrap-server ${kafka.brokers.join(",")} --group ${question.group} --topic ${question.inputs[0]} --reset-offsets --to-earliest --execute`;
  const made = kafka.createTopics === null ? "Create the topic of the state anew before the service starts. " : "";
  return `${made}To begin elsewhere, move the group before the service starts: ${move}\n`;
}

/** A terminal, or not. */
export type Keyboard = Readable & { readonly isTTY?: boolean };

/** Asks for the name of the app. Ctrl-C, Ctrl-D and any other answer say no. @throws {ConfigError} `NOT_CONFIRMED` where nobody can be asked */
export async function isConfirmed(app: string, input: Keyboard, output: Writable): Promise<boolean> {
  if (input.isTTY !== true)
    throw new ConfigError(
      "NOT_CONFIRMED",
      "nobody is there to be asked: run it at a terminal, or add --yes. Nothing was deleted.",
    );
  const reader = createInterface({ input, output, terminal: true });
  reader.once("SIGINT", () => reader.close());
  const calledOff = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
  try {
    const answer = reader.question(`To go on, type the name of the app, ${app}: `);
    return (await Promise.race([answer, calledOff])).trim() === app;
  } finally {
    reader.close();
  }
}

async function tell({ json }: ResetCommand, result: object, text: string): Promise<void> {
  await print(json ? `${JSON.stringify(result)}\n` : text);
}
