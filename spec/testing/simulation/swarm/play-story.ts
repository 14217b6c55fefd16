// One world: a service under load is hurt by everything its story has, then left alone; then nothing may be missing, and nothing
// there twice.
//
//     0 s ── arrivals, foreign transactions, faults, moves ── 9 s ── last records, or silence ── all is committed ── a look ── epilogue
import { createSimulation } from "../../../../lib/testing/simulation/simulation.ts";
import type { Situations } from "../situations.ts";
import {
  checkProcesses,
  checkRuns,
  checkSayings,
  checkState,
  checkTransactions,
  type Expected,
  stillMissing,
  without,
} from "./check.ts";
import { APP, createCrew, IDLE_AFTER_MS, OUTPUT_PARTITIONS, OUTPUTS, SESSION_MS } from "./crew.ts";
import { tryOut } from "./epilogue.ts";
import { fatesOf } from "./faults.ts";
import { createHistory } from "./history.ts";
import { judge, type Verdict } from "./judge.ts";
import { loadOf } from "./load.ts";
import { make } from "./moves.ts";
import { createReaders, type Readers, type Saying } from "./readers.ts";
import { demand, type Stage } from "./stage.ts";
import type { Foreign, Story } from "./story.ts";
import { sawAnswer, sawHarm, sawLines } from "./witness.ts";

const HURT_FOR_MS = 9_000;
const FOREIGN_TIMEOUT_MS = 3_000;
const POLL_MS = 1_000;
/** All that was lost has to be made up for in this time; silence is waited for before. */
const HEALED_WITHIN_MS = 150_000;
/** Who was awakened last has done by then what it would do wrong. */
const LAST_WRONG_MS = 4_000;
/** Between the last word and the last checkpoint. */
const LAST_SAVE_MS = 2_500;

/** Plays a story; gives the trace of its world. @throws {Error} where something does not hold that has to. */
export async function playStory(story: Story, situations: Situations): Promise<string> {
  const hurting = { isOver: false };
  const stage = setUp(story, situations, hurting);
  const { world, broker } = stage.simulation;
  const readers = createReaders(broker, OUTPUTS.flatMap(partitionsOf));
  await world.run(
    async () => {
      for (const { topic } of stage.load.places())
        await broker.ask("createTopic", { topic, partitions: story.service.partitions });
      for (let n = 0; n < story.service.processes; n += 1) stage.crew.start();
      begin(stage);
      await stage.sleep(HURT_FOR_MS);
      hurting.isOver = true;
      await heal(stage);
      await look(stage, readers);
    },
    { maxMs: 10 * HEALED_WITHIN_MS, maxSteps: 1_000_000 },
  );
  for (const { told } of stage.crew.processes) sawLines(situations, told);
  return world.traceHash();
}

function setUp(story: Story, situations: Situations, hurting: { readonly isOver: boolean }): Stage {
  const load = loadOf(story);
  const simulation = createSimulation({
    ...{ seed: story.chance, requestTimeoutMs: 2_000, latestMarkerMs: story.service.latestMarkerMs },
    fates: fatesOf(story.faults, {
      isHurting: () => !hurting.isOver,
      kill: (name, backMs) => kill(stage, name, backMs),
      pause: (name) => crew.named(name)?.instance.pause(),
      resume: (name) => crew.named(name)?.instance.resume(),
      onStruck: ({ api }, harm) => sawHarm(situations, api, harm, SESSION_MS),
    }),
    onAnswered: (answered) => sawAnswer(situations, answered),
  });
  const history = createHistory(simulation.broker, story.service);
  const crew = createCrew(simulation, story.service, load, history);
  const sleep = (forMs: number): Promise<void> =>
    new Promise((resolve) => void simulation.world.clock.after(forMs, resolve));
  const stage: Stage = { story, simulation, crew, history, load, situations, lost: [], underway: [], sleep };
  return stage;
}

function partitionsOf(topic: string): readonly { readonly topic: string; readonly partition: number }[] {
  return Array.from({ length: OUTPUT_PARTITIONS }, (_, partition) => ({ topic, partition }));
}

/** Another takes its place if the story says so, or if nobody is left. */
function kill({ crew, simulation, situations }: Stage, name: string, backMs: number | null): void {
  const process = crew.named(name);
  if (process === undefined || process.instance.isDead()) return;
  if (simulation.broker.openTransactions().some((id) => id.startsWith(`${APP}.`)))
    situations.saw("killed with a transaction open");
  process.instance.kill();
  if (backMs === null && crew.living().length > 0) return;
  simulation.world.clock.after(backMs ?? POLL_MS, () => crew.start());
}

/** Everything that has its time. */
function begin(stage: Stage): void {
  const { story, simulation, load, situations } = stage;
  const { clock } = simulation.world;
  for (const arrival of story.arrivals)
    clock.after(arrival.atMs, () => void write(stage, load.placeOf(arrival), load.recordOf(arrival)));
  for (const [index, foreign] of story.foreign.entries()) {
    situations.saw(`foreign transaction ${foreign.ending}`);
    clock.after(foreign.atMs, () => void transact(stage, `foreign-${index}`, foreign));
  }
  for (const move of story.moves) clock.after(move.atMs, () => begun(stage, make(stage, move)));
}

/** Who waits for it hears of its failure. */
function begun({ underway }: Stage, move: Promise<void>): void {
  move.catch(() => undefined);
  underway.push(move);
}

type Record = ReturnType<Stage["load"]["recordOf"]>;
type Place = ReturnType<Stage["load"]["placeOf"]>;

async function write({ simulation }: Stage, place: Place, { key, value, headers }: Record): Promise<void> {
  const records = [{ key, value, headers, timestamp: simulation.world.clock.now() }];
  await simulation.broker.ask("produce", { ...place, producer: null, records });
}

async function transact(stage: Stage, transactionalId: string, foreign: Foreign): Promise<void> {
  const { ask } = stage.simulation.broker;
  const stamp = await ask("initProducer", { transactionalId, timeoutMs: FOREIGN_TIMEOUT_MS });
  if ("refused" in stamp) return;
  const place = stage.load.placeOf(foreign);
  const transaction = { ...stamp, transactionalId };
  await ask("addPartitions", { ...transaction, places: [place] });
  for (let sequence = 0; sequence < foreign.records; sequence += 1) {
    const { key, value, headers } = stage.load.foreignRecord(foreign, sequence);
    const records = [{ key, value, headers, timestamp: stage.simulation.world.clock.now() }];
    await ask("produce", { ...place, producer: { ...transaction, sequence }, records });
    await stage.sleep(foreign.stepMs);
  }
  if (foreign.ending !== "abandoned")
    await ask("endTransaction", { ...transaction, commit: foreign.ending === "committed" });
}

/** Nothing is hurt any more, a healthy process is there, and what arrives ends. */
async function heal(stage: Stage): Promise<void> {
  const { crew, load, simulation, sleep, story } = stage;
  crew.start();
  while (simulation.broker.openTransactions().some((id) => !id.startsWith(`${APP}.`))) await sleep(POLL_MS);
  if (story.service.ends === "records")
    for (const place of load.places()) await write(stage, place, load.lastOf(place));
}

async function look(stage: Stage, readers: Readers): Promise<void> {
  await Promise.all(stage.underway);
  const { crew, story, situations } = stage;
  const { verdict, expected } = await converge(stage, readers);
  checkSayings(stage, await said(stage, readers), expected);
  await checkTransactions(stage);
  await checkState(stage, verdict.lanes);
  checkRuns(stage, verdict);
  if (story.epilogue !== "none") {
    await tryOut(stage, story.epilogue);
    checkSayings(stage, await said(stage, readers), afterwards(expected, (await judged(stage)).expected));
  }
  checkProcesses(stage);
  sawSayings(situations, verdict, crew.processes.length);
}

type Judged = { readonly verdict: Verdict; readonly expected: Expected };

/** As far as it is known by now which release has had what. */
async function judged(stage: Stage): Promise<Judged> {
  const { crew, history, story } = stage;
  const hasChanged = crew.releases.length > 1;
  for (let shard = 0; hasChanged && shard < story.service.shards; shard += 1) await history.look(shard);
  const verdict = await judge(stage);
  const sayings = onceEach(stage, verdict.sayings);
  return { verdict, expected: { sayings, allowed: sayings } };
}

async function said(stage: Stage, readers: Readers): Promise<readonly Saying[]> {
  const all = await readers.read();
  const once = onceEach(stage, all);
  if (once.length < all.length) stage.situations.saw("alerts were sent again");
  return once;
}

/** With at-least-once, what is said again has been said. */
function onceEach({ story }: Stage, sayings: readonly Saying[]): readonly Saying[] {
  if (story.service.guarantee === "exactly-once") return sayings;
  const known = new Set<string>();
  return sayings.filter(({ what }) => known.size < known.add(what).size);
}

/**
 * Whoever is started again may be of another release than who had a shard before, and what that one took in silence it takes again:
 * perhaps it says more then, in time.
 */
function afterwards(before: Expected, now: Expected): Expected {
  return { sayings: before.sayings, allowed: [...before.allowed, ...without(now.allowed, before.allowed)] };
}

/** Until all is there and nobody sleeps any more. */
async function converge(stage: Stage, readers: Readers): Promise<Judged> {
  const { simulation, crew, story, sleep } = stage;
  const began = simulation.world.clock.now();
  const quietMs = longestSleep(story) + LAST_WRONG_MS + (story.service.ends === "silence" ? 2 * IDLE_AFTER_MS : 0);
  await sleep(quietMs);
  const hasChanged = crew.releases.length > 1;
  let known = await judged(stage);
  for (;;) {
    const missing = stillMissing(stage, await said(stage, readers), known.expected.sayings);
    if (missing.length === 0 && isStanding(stage)) break;
    const isTime = simulation.world.clock.now() - began < quietMs + HEALED_WITHIN_MS;
    const left = missing.map(({ what }) => what).join(", ");
    demand(stage, `not everything was committed in time: ${left}`, isTime && crew.living().length > 0);
    await sleep(POLL_MS);
    if (hasChanged) known = await judged(stage);
  }
  await sleep(LAST_SAVE_MS);
  return hasChanged ? judged(stage) : known;
}

/** Whether somebody has each lane, restored. */
function isStanding({ crew, story }: Stage): boolean {
  const lanes = crew.living().flatMap(({ engine }) => engine.lanes());
  return new Set(lanes.map(({ partition }) => partition)).size === story.service.partitions;
}

/** Of all that sleeps or is held up. */
function longestSleep({ faults, moves }: Story): number {
  let longest = 0;
  for (const each of [...faults, ...moves]) if ("forMs" in each) longest = Math.max(longest, each.forMs);
  return longest;
}

/** What the world was about. */
function sawSayings(situations: Situations, { sayings }: Verdict, processes: number): void {
  if (processes > 8) situations.saw("more than eight processes in one world");
  const topics = new Set(sayings.map(({ what }) => what.split(" ", 1)[0]));
  for (const topic of topics) situations.saw(`something in topic ${topic}`);
  const reports = new Set(sayings.flatMap(({ what }) => /"kind":"(\w+)"/.exec(what)?.[1] ?? []));
  for (const kind of reports) situations.saw(`reported: ${kind}`);
}
