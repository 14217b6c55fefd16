// Partial matches that wait alike, as one. The runs of a group are the paths of a shared, immutable graph, so that an event
// that moves a group makes one node, however many runs there are in it.
//
//     leaf      one run: its tail                               a1 ◀─┐
//     output    every run below, and then one more event             ├─ union ◀─ output b4        the runs a1 b4, a3 b4
//     union     the runs of both sides                          a3 ◀─┘
//
// A run is dead once its first event is before the horizon, which only moves on: by time, and by skip strategies. Every node
// knows the latest first event below it, and a union has the side with the later one on the left; so a walk over the runs
// that live turns back where it meets a node that is dead, and passes nothing else.

import type { StepId } from "../automaton/automaton.ts";
import type { Instant } from "../time/instant.ts";
import { extend, type PlacedEvent, type Tail } from "./run.ts";

export type Node = {
  /** Of a leaf; else `null`. */
  readonly tail: Tail | null;
  /** Of an output; else `null`. */
  readonly event: PlacedEvent | null;
  readonly step: StepId;
  /** Of an output: what came before. Of a union: the side with the later first event. */
  readonly left: Node | null;
  /** Of a union; `null` once all of it is dead. */
  right: Node | null;
  /** The latest first event of all runs below. */
  readonly newest: PlacedEvent;
  /** The earliest first event below, perhaps of a run that is dead. */
  oldest: PlacedEvent;
  /** Runs below, and perhaps some that are dead. */
  count: number;
};

/** Runs live whose first event is at `position` or behind it, and later than `after`. */
export type Horizon = { readonly position: number; readonly after: Instant };

export function leaf(tail: Tail): Node {
  return { tail, event: null, step: -1, left: null, right: null, newest: tail.first, oldest: tail.first, count: 1 };
}

/** The runs of `left`, each with one more event. A run alone stays a leaf. */
export function output(left: Node, step: StepId, event: PlacedEvent): Node {
  if (left.tail !== null) return leaf(extend(left.tail, step, event));
  return { tail: null, event, step, left, right: null, newest: left.newest, oldest: left.oldest, count: left.count };
}

/** The runs of both. No run may be in both. */
export function join(one: Node, other: Node): Node {
  const [left, right] = one.newest.position >= other.newest.position ? [one, other] : [other, one];
  const [oldest, count] = [earlier(left.oldest, right.oldest), left.count + right.count];
  return { tail: null, event: null, step: -1, left, right, newest: left.newest, oldest, count };
}

function earlier(one: PlacedEvent, other: PlacedEvent): PlacedEvent {
  return one.position <= other.position ? one : other;
}

export function isAlive({ newest }: Node, horizon: Horizon): boolean {
  return isLater(newest, horizon);
}

/** Whether a run with this first event lives. */
export function isLater(first: PlacedEvent, { position, after }: Horizon): boolean {
  return first.position >= position && first.at > after;
}

/** The runs that live, in no order that means anything. Cost: what they hold. */
export function runsOf(root: Node, horizon: Horizon): Tail[] {
  const runs: Tail[] = [];
  const open: { node: Node; suffix: Suffix | null }[] = [{ node: root, suffix: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, suffix } = next;
    if (!isAlive(node, horizon)) continue;
    const { tail, event, step, left, right } = node;
    if (tail !== null) {
      let run = tail;
      for (let at = suffix; at !== null; at = at.next) run = extend(run, at.step, at.event);
      runs.push(run);
    } else if (event !== null) {
      open.push({ node: left as Node, suffix: { step, event, next: suffix } });
    } else {
      if (right !== null) open.push({ node: right, suffix });
      open.push({ node: left as Node, suffix });
    }
  }
  return runs;
}

/** Events that follow what is below, first to last. */
type Suffix = { readonly step: StepId; readonly event: PlacedEvent; readonly next: Suffix | null };

/** The same runs without unions that have lost a side, and with leaves where there is one run. `known`: what was made of which node. */
export function simplify(root: Node, known: Map<Node, Node>): Node {
  const simple = (node: Node): Node => known.get(node) as Node;
  for (const node of belowFirst([root])) {
    const { event, step, left, right } = node;
    if (known.has(node)) continue;
    if (left === null) known.set(node, node);
    else if (event !== null) known.set(node, output(simple(left), step, event));
    else known.set(node, right === null ? simple(left) : join(simple(left), simple(right)));
  }
  return simple(root);
}

/** The nodes below some and themselves, each once, what is below another before it. */
export function belowFirst(roots: readonly Node[]): readonly Node[] {
  const seen = new Set<Node>();
  const found: Node[] = [];
  const open: Visit[] = roots.map(toVisit);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isDone } = next;
    if (isDone) found.push(node);
    if (isDone || seen.has(node)) continue;
    seen.add(node);
    openUp(open, node);
  }
  return found;
}

/** A node on the way of a walk: to be opened up, or, when all below it was seen, done. */
type Visit = { readonly node: Node; readonly isDone: boolean };

function toVisit(node: Node): Visit {
  return { node, isDone: false };
}

function openUp(open: Visit[], node: Node): void {
  open.push({ node, isDone: true });
  if (node.right !== null) open.push(toVisit(node.right));
  if (node.left !== null) open.push(toVisit(node.left));
}

/**
 * Lets go of what is dead below `root`, which lives, and sets counts and earliest events right. Whatever else shares these nodes
 * must have the same horizon. Cost: the nodes that have something dead below.
 */
export function letGo(root: Node, horizon: Horizon): void {
  const open: Visit[] = [toVisit(root)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isDone } = next;
    if (isDone) {
      const left = node.left as Node;
      node.count = left.count + (node.right?.count ?? 0);
      node.oldest = node.right === null ? left.oldest : earlier(left.oldest, node.right.oldest);
    } else if (!isLater(node.oldest, horizon)) {
      if (node.right !== null && !isAlive(node.right, horizon)) node.right = null;
      openUp(open, node);
    }
  }
}

/** Taken events that are held below `roots` and by `runs`, shared ones counted once. Cost: all of that. */
export function eventsHeld(roots: readonly Node[], runs: readonly Tail[]): number {
  const tails = new Set<Tail>();
  const hold = (run: Tail): void => {
    for (let at: Tail | null = run; at !== null && !tails.has(at); at = at.previous) tails.add(at);
  };
  for (const run of runs) hold(run);
  let events = 0;
  for (const { event, tail } of belowFirst(roots)) {
    if (event !== null) events++;
    if (tail !== null) hold(tail);
  }
  return events + tails.size;
}
