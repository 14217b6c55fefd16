// What a start would refuse the saved state for, as far as the last checkpoints tell: a few records of each shard are read.

import { CheckpointError, type Problem, SequiturError } from "../core/errors.ts";
import type { OldForms } from "../runtime/shard/context.ts";
import {
  type ChangedInputs,
  changedInputs,
  changedSince,
  checkRelease,
  type Successor,
} from "../runtime/shard/succession.ts";
import { stateTopicOf } from "../state/names.ts";
import type { Tail } from "../state/tail.ts";
import type { StateLook } from "../transports/kafka/state-look.ts";
import type { ServiceDefinition } from "./definition.ts";
import { choiceOf, identityOf } from "./identity.ts";
import { problemOf } from "./preflight-problem.ts";
import { readTail, untrimmed } from "./state-tail.ts";

/** Each problem once, however many shards have it. The topic of the state is there, and may be read. Codes: those of `CheckpointError`, those of Kafka's errors, and `INPUTS_CHANGED`. */
export async function judgeSaved(
  service: ServiceDefinition,
  look: Pick<StateLook, "bounds" | "read">,
): Promise<readonly Problem[]> {
  const topic = stateTopicOf(service.app);
  const identity = identityOf(service);
  const inputs = service.inputs.map(({ name }) => name);
  const problems = new Map<string, Problem>();
  const tell = (problem: Problem): void => {
    if (!problems.has(problem.code)) problems.set(problem.code, problem);
  };
  try {
    for (const [shard, bounds] of await look.bounds(topic)) {
      const name = `partition ${shard} of "${topic}"`;
      try {
        const read = (now: typeof bounds): Promise<Tail> => readTail(look, service.app, name, shard, now);
        const tail = await untrimmed(look, topic, shard, bounds, read);
        judgeTail(tail, identity, choiceOf(service), name);
        const changed = tail.checkpoint === null ? null : changedInputs(tail.checkpoint.entry, inputs);
        if (changed !== null) tell(warningOf(changed, topic, name));
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        tell(problemOf(error, [topic]));
      }
    }
  } catch (error) {
    if (!(error instanceof SequiturError)) throw error;
    tell(problemOf(error, [topic]));
  }
  return [...problems.values()];
}

function warningOf({ added, gone, watermark }: ChangedInputs, topic: string, name: string): Problem {
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  const others = [
    ...(gone.length === 0 ? [] : [`of ${list(gone)}, which this service does not read`]),
    ...(added.length === 0 ? [] : [`not of ${list(added)}`]),
  ];
  const isLate = added.length > 0 && watermark !== null;
  const late = isLate
    ? ` Time goes on where it stood, at ${watermark} in ${name}: what a new input brings of before is late.`
    : "";
  const remedy = `If another service has the same app, rename one.${late} \`sequitur reset\` begins anew, without the runs that are open.`;
  return {
    code: "INPUTS_CHANGED",
    severity: "warning",
    path: [topic],
    message: `The saved state is ${others.join(", and ")}.`,
    remedy,
  };
}

/** @throws {CheckpointError} `SUPERSEDED`, `DUPLICATE_APP`, `CANNOT_DRAIN` */
function judgeTail({ checkpoint }: Tail, identity: Successor, choice: OldForms["choice"], name: string): void {
  if (checkpoint === null) return;
  const { entry, offset } = checkpoint;
  checkRelease(identity, entry, `offset ${offset} of ${name}`);
  changedSince(entry, identity, choice, name);
}
