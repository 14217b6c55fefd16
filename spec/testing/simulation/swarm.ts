// One world: a service under load is hurt by everything at once, then left alone; then nothing may be missing, and nothing there
// twice; with at-least-once, nothing there that would not be there once.
//
//     0 s ── load: records, foreign transactions; faults; processes join and leave ── 9 s ── last records ── all is committed
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import type { Random } from "../../../lib/testing/simulation/random.ts";
import { HurtService } from "./hurt-service.ts";
import type { Situations } from "./situations.ts";
import { swarmFaults } from "./swarm-faults.ts";

const LOAD_MS = 8_000;
const RECORDS = 120;
const FOREIGN_TRANSACTIONS = 6;
/** A dead process is replaced after so long at most, if it is. */
const LATEST_REPLACEMENT_MS = 2_000;
/** All that was lost has to be made up for in this time. */
const HEALED_WITHIN_MS = 200_000;

/** A request that came late may have begun a transaction that nobody ends: the broker does, in this time. */
const TIMED_OUT_WITHIN_MS = 20_000;

/** Runs the world of a seed; gives its trace. @throws {Error} where something is missing, or there twice, or a process failed. */
export async function swarm(
  seed: number,
  situations: Situations,
  guarantee: Guarantee = "exactly-once",
): Promise<string> {
  let isHurting = true;
  const service = new HurtService(seed, guarantee, (world) =>
    swarmFaults(
      world,
      () => ({
        simulation: service.simulation,
        isHurting: () => isHurting,
        kill: (name) => killSome(service, name),
        pause: (name) => service.processOf(name)?.instance.pause(),
        resume: (name) => service.processOf(name)?.instance.resume(),
      }),
      situations,
    ),
  );
  await service.world.run(
    async () => {
      await service.createInputs();
      for (let n = 0; n < 1 + (seed % 3); n += 1) service.start();
      plan(service, situations);
      await service.sleep(LOAD_MS + 1_000);
      isHurting = false;
      service.start();
      await service.foreignDecided();
      await service.finish();
      await check(service, guarantee, situations);
    },
    { maxMs: 2 * HEALED_WITHIN_MS, maxSteps: 1_000_000 },
  );
  for (const { logged } of service.processes) for (const line of logged) note(line, situations);
  return service.world.traceHash();
}

/** Records at random times, in transactions or not; processes that join and leave. */
function plan(service: HurtService, situations: Situations): void {
  const { load, world } = service;
  const sometime = (act: () => void): void => void world.clock.after(load.between(0, LOAD_MS), act);
  for (let n = 0; n < RECORDS; n += 1) sometime(() => void service.feed());
  for (let n = 0; n < load.between(0, FOREIGN_TRANSACTIONS); n += 1) {
    const ending = load.pick(["committed", "aborted", "abandoned"] as [Ending, ...Ending[]]);
    situations.saw(`foreign transaction ${ending}`);
    sometime(() => void service.feedTransaction(`foreign-${n}`, ending));
  }
  for (let n = 0; n < load.between(0, 2); n += 1) {
    sometime(() => {
      situations.saw("a process joined");
      service.start();
    });
    sometime(() => {
      const [process, another] = service.living();
      if (process === undefined || another === undefined) return;
      situations.saw("a process left");
      process.engine.stop().catch(() => undefined);
    });
  }
}

type Ending = Parameters<HurtService["feedTransaction"]>[1];

/** Another takes its place, mostly; always, if nobody is left. */
function killSome(service: HurtService, name: string): void {
  const chance: Random = service.load;
  service.processOf(name)?.instance.kill();
  if (service.living().length === 0 || chance.happens(0.7))
    service.world.clock.after(chance.between(0, LATEST_REPLACEMENT_MS), () => service.start());
}

async function check(service: HurtService, guarantee: Guarantee, situations: Situations): Promise<void> {
  const expected = await service.expected();
  await service.through(expected.length, HEALED_WITHIN_MS);
  const all = await service.found();
  const found = guarantee === "exactly-once" ? all : [...new Set(all)];
  situations.saw("sent again", all.length - found.length);
  const missing = without(expected, found);
  require(service, `missing: ${missing.join(", ") || "nothing"}`, missing.length === 0);
  require(service, `too much: ${without(found, expected).join(", ")}`, found.length === expected.length);
  for (const shard of service.shards) {
    const seqs = await service.checkpoints(shard);
    const isWhole = seqs.length > 0 && seqs.every((seq, index) => seq === (seqs[0] as number) + index);
    require(service, `checkpoints of shard ${shard}: ${seqs.join(" ") || "none"}`, isWhole);
  }
  const { broker } = service.simulation;
  for (let left = TIMED_OUT_WITHIN_MS; broker.openTransactions().length > 0; left -= 1_000) {
    require(service, `open transactions: ${broker.openTransactions().join(", ")}`, left > 0);
    await service.sleep(1_000);
  }
  for (const { error, instance } of service.processes)
    require(service, `${instance.name}: ${error}`, error === null || instance.isDead());
}

/** @throws {Error} with all that the processes said last */
function require(service: HurtService, what: string, holds: boolean): void {
  if (!holds) throw new Error(`${what}\n${service.story()}`);
}

/** What of `all` is left when each of `taken` is taken away once. */
function without(all: readonly string[], taken: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const each of taken) left.set(each, (left.get(each) ?? 0) + 1);
  return all.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

function note(line: string, situations: Situations): void {
  const said = [/a checkpoint was not committed and is sent again/, /a shard was somebody else's meanwhile/];
  for (const pattern of said) if (pattern.test(line)) situations.saw(pattern.source);
  if (!line.includes("a shard was taken over {")) return;
  const isFirst = line.includes('"checkpoint":0,');
  situations.saw(`a shard was taken over ${isFirst ? "from its beginning" : "where somebody left it"}`);
}
