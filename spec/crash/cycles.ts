// kill −9, again and again: of random processes among three, at each named step of taking a shard up and of a checkpoint, and at any time.
//
//     wave:  one or two of three die, with alerts in an open transaction
//              └▶ others start in their place, and some of these die while they take those shards up
//                   └▶ others start in their place, and go on
//
// A cycle is a kill. It counts only if a transaction was open and an alert in flight: of a step of a checkpoint, in the transaction of
// the shard whose step it was; at any time, in any; of a step of acquire, in that which the one before had left; of a step of resolving, in
// that whose commit was lost. While old state is deleted nothing need be in flight.
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../transports/kafka/kit.ts";
import type { Field } from "./field.ts";
import type { Order } from "./hook.ts";
import type { Member } from "./member.ts";
import {
  ACQUIRE_POINTS,
  ANY_TIME,
  CHECKPOINT_POINTS,
  LOST_COMMITS,
  type Point,
  RESOLVE_POINTS,
  TRIM_POINTS,
} from "./points.ts";
import { oneOf, refuseFailed } from "./scenario.ts";
import { inFlight } from "./talk.ts";

const WORKING: readonly Point[] = [ANY_TIME, ...CHECKPOINT_POINTS, ...RESOLVE_POINTS, ...TRIM_POINTS];
/** All points, by name. */
export const NAMES: readonly string[] = [...WORKING, ...ACQUIRE_POINTS].map(nameOf);
const PROCESSES = 3;
/** A step that does not come up for so long is another time's. */
const PATIENCE_MS = 15_000;
/** About as long as a transaction takes. */
const LATEST_KILL_MS = 20;
const LATEST_NUMBER = 4;

/** How often somebody died at each step, and it counted. */
export class Deaths {
  readonly #counts = new Map<string, number>(NAMES.map((name) => [name, 0]));
  /** Kills that hit nothing in flight, or steps that did not come up. */
  idle = 0;

  counted(name: string): void {
    this.#counts.set(name, this.count(name) + 1);
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  missing(): readonly string[] {
    return NAMES.filter((name) => this.count(name) === 0);
  }

  /** Those of `points` that came up least. */
  least(points: readonly Point[], count: number, chance: () => number): readonly Point[] {
    const all = [...shuffled(points, chance)];
    return all.sort((a, b) => this.count(a.name) - this.count(b.name)).slice(0, count);
  }

  /** Whether it were so many, and where so many are enough for that, at every step. */
  areEnough(cycles: number): boolean {
    const isHopeless = this.total >= cycles + 2 * NAMES.length;
    return this.total >= cycles && (cycles < NAMES.length || this.missing().length === 0 || isHopeless);
  }

  table(): readonly string[] {
    return NAMES.map((name) => `${String(this.count(name)).padStart(5)} × ${name}`);
  }
}

/** Kills until `deaths` are enough for `cycles`, or it is told to stop. Writing goes on meanwhile; at the end three processes live. */
export async function killAgainAndAgain(
  field: Field,
  deaths: Deaths,
  cycles: number,
  { tell, signal }: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  await calm(field);
  while (!deaths.areEnough(cycles) && !signal.aborted) {
    const left = await killWorking(field, deaths);
    if (left.length > 0 && !deaths.areEnough(cycles)) await killAcquiring(field, deaths, left);
    fillUp(field);
    tell(`${deaths.total} of ${cycles} cycles, ${deaths.idle} kills did not count`);
    // Now and then nobody waits for calm.
    if (field.chance() < 0.75) await calm(field);
  }
  await calm(field);
}

/** Waits until three processes share all. Who was told too late not to die is replaced. @throws {Error} if one has failed */
function calm(field: Field): Promise<void> {
  return field.untilShared(PROCESSES, () => fillUp(field));
}

function fillUp(field: Field): void {
  refuseFailed(field);
  while (field.living().length < PROCESSES) field.start();
}

/** One or two die in their work; the shards that they left with an alert in flight. */
async function killWorking(field: Field, deaths: Deaths): Promise<readonly number[]> {
  const { chance } = field;
  const working = field.living().filter((member) => member.shards().length > 0);
  const victims = shuffled(working, chance).slice(0, chance() < 0.6 ? 2 : 1);
  const points = deaths.least(WORKING, victims.length, chance);
  const left = await Promise.all(points.map((point, n) => killOne(victims[n] as Member, point, deaths, chance)));
  return left.flat();
}

async function killOne(victim: Member, point: Point, deaths: Deaths, chance: () => number): Promise<readonly number[]> {
  victim.order(deathAt(point, chance));
  await endedWithin(victim, PATIENCE_MS);
  const flights = inFlight(victim.witness().talk);
  note(deaths, point.name, counts(point, victim, flights));
  return [...flights.keys()];
}

function deathAt(point: Point, chance: () => number): Order {
  const afterMs = point === ANY_TIME ? chance() * LATEST_KILL_MS : 0;
  const act = { kind: "die", afterMs } as const;
  const number = TRIM_POINTS.includes(point) ? 1 : 1 + Math.floor(chance() * LATEST_NUMBER);
  if (!RESOLVE_POINTS.includes(point)) return { point, shards: null, number, act };
  const what = oneOf(["request", "answer"] as const, chance);
  return { point: LOST_COMMITS[what], shards: null, number, act: { kind: "lose", what, next: { point, act } } };
}

function counts(point: Point, victim: Member, flights: ReadonlyMap<number, number>): boolean {
  const last = victim.witness().done.at(-1);
  if (point === ANY_TIME) return flights.size > 0;
  if (RESOLVE_POINTS.includes(point) || TRIM_POINTS.includes(point)) return last?.point === point.name;
  return last !== undefined && last.shard !== null && flights.has(last.shard);
}

/** Others take the place of who died, and whoever takes up what was left dies on the way to it. */
async function killAcquiring(field: Field, deaths: Deaths, left: readonly number[]): Promise<void> {
  const missing = PROCESSES - field.living().length;
  const points = deaths.least(ACQUIRE_POINTS, missing, field.chance);
  const orders = points.map((point): Order => ({ point, shards: left, number: 1, act: { kind: "die", afterMs: 0 } }));
  for (const member of field.living()) orders.forEach(member.order);
  for (let n = 0; n < missing; n += 1) field.start(orders);
  const watched = field.living();
  const open = new Set(points.map(nameOf));
  const found = (): Member | undefined => watched.find((each) => !each.isAlive() && open.has(lastOf(each)));
  const patience = Date.now() + PATIENCE_MS;
  while (open.size > 0 && field.living().length > 0 && Date.now() < patience) {
    const dead = found();
    if (dead === undefined) await sleep(20);
    else {
      open.delete(lastOf(dead));
      note(
        deaths,
        lastOf(dead),
        dead.shards().some((shard) => left.includes(shard)),
      );
      for (const member of field.living()) member.callOff(lastOf(dead));
    }
  }
  for (const name of open) for (const member of field.living()) member.callOff(name);
  deaths.idle += open.size;
}

/** The point where it died. */
function lastOf(member: Member): string {
  return member.witness().done.at(-1)?.point ?? "";
}

function note(deaths: Deaths, name: string, counts: boolean): void {
  if (counts) deaths.counted(name);
  else deaths.idle += 1;
}

/** By its own hand, or else by ours. */
async function endedWithin(member: Member, withinMs: number): Promise<void> {
  await until(`${member.name} died`, () => !member.isAlive(), withinMs).catch(() => member.kill("SIGKILL"));
  const code = await member.ended;
  if (code !== null) throw new Error(`${member.name} ended with ${code}: ${JSON.stringify(member.lines().slice(-5))}`);
}

function shuffled<T>(all: readonly T[], chance: () => number): readonly T[] {
  const keyed = all.map((each) => ({ each, at: chance() }));
  return keyed.sort((a, b) => a.at - b.at).map(({ each }) => each);
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
