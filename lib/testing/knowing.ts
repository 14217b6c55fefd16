// What one process leaves to the next: lanes, and of each what its matchers hold; and a task that goes on from there.

import { atOnce } from "../core/slices.ts";
import { createTask, type Task, type TaskConfig, type TaskEffects, type TaskInput } from "../runtime/task.ts";
import type { SavedLane } from "../state/checkpoint.ts";
import type { Delta, Page } from "../state/entry.ts";

/** What a process knows when it begins: lanes, and the pieces of each of their matchers. */
export type Known = {
  readonly lanes: readonly SavedLane[];
  readonly matchers: readonly (readonly (readonly (Delta | Page)[])[])[];
};

export const NOTHING_KNOWN: Known = { lanes: [], matchers: [] };

const MAX_EVENTS = 1_000;

/** What comes of one input, until there is nothing more to do. */
export function* effectsOf(task: Task, input: TaskInput): Generator<TaskEffects> {
  let effects = task.step(input);
  yield effects;
  while (effects.hasWork) {
    effects = task.step({ kind: "work", maxEvents: MAX_EVENTS });
    yield effects;
  }
}

/** What a checkpoint has of a task: as bytes, as in production: what cannot be saved there cannot be here. */
export function knownTo(task: Task): Known {
  return {
    lanes: JSON.parse(JSON.stringify(task.save())) as readonly SavedLane[],
    matchers: task.lanes.map(({ partition: lane, patterns }) =>
      patterns.freezers.map((freezer, pattern) => {
        const { delta, pages } = atOnce(freezer.freeze("all"));
        return [
          ...(delta === null ? [] : [{ kind: "delta" as const, lane, pattern, bytes: delta }]),
          ...pages.map((page) => ({ kind: "page" as const, lane, pattern, ...page })),
        ];
      }),
    ),
  };
}

/** A task that goes on where another one was. */
export function taskKnowing(config: TaskConfig, { lanes, matchers }: Known): Task {
  const task = createTask(config);
  task.restore(lanes);
  for (const [lane, { patterns }] of task.lanes.entries())
    for (const [pattern, freezer] of patterns.freezers.entries())
      atOnce(freezer.thaw(matchers[lane]?.[pattern] ?? [], "the checkpoint of the driver"));
  return task;
}
