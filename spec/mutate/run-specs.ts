// What a program of specs does: runs one spec after the other, each loaded when its turn has come. Exits with 0 if all hold.
import { tell } from "./first-failure.ts";

export type Spec = { readonly file: string; readonly load: () => Promise<unknown> };

// uvu's contract with a runner: it queues suites instead of running them.
const queue: (() => Promise<unknown>)[] = [];
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [queue] });

export async function runSpecs(specs: readonly Spec[]): Promise<void> {
  process.on("disconnect", () => process.exit());
  for (const { file, load } of specs) {
    tell({ loads: file });
    await load();
    for (const run of queue.splice(0)) await run();
  }
  process.exit(0);
}
