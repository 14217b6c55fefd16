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
import { END_OF_TIME, type Instant } from "../time/instant.ts";
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
  /** Runs below, and perhaps some that are dead. */
  count: number;
};

/** Runs live whose first event is at `position` or behind it, and later than `after`. */
export type Horizon = { readonly position: number; readonly after: Instant };

export function leaf(tail: Tail): Node {
  return { tail, event: null, step: -1, left: null, right: null, newest: tail.first, count: 1 };
}

/** The runs of `left`, each with one more event. A run alone stays a leaf. */
export function output(left: Node, step: StepId, event: PlacedEvent): Node {
  if (left.tail !== null) return leaf(extend(left.tail, step, event));
  return { tail: null, event, step, left, right: null, newest: left.newest, count: left.count };
}

/** The runs of both. No run may be in both. */
export function join(one: Node, other: Node): Node {
  const [left, right] = one.newest.position >= other.newest.position ? [one, other] : [other, one];
  return { tail: null, event: null, step: -1, left, right, newest: left.newest, count: left.count + right.count };
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
  for (const node of belowFirst(root)) {
    const { event, step, left, right } = node;
    if (known.has(node)) continue;
    if (left === null) known.set(node, node);
    else if (event !== null) known.set(node, output(simple(left), step, event));
    else known.set(node, right === null ? simple(left) : join(simple(left), simple(right)));
  }
  return simple(root);
}

/** The nodes below `root` and itself, each once, what is below another before it. */
export function belowFirst(root: Node): readonly Node[] {
  const seen = new Set<Node>();
  const found: Node[] = [];
  const open: { readonly node: Node; readonly isDone: boolean }[] = [{ node: root, isDone: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isDone } = next;
    if (isDone) found.push(node);
    if (isDone || seen.has(node)) continue;
    seen.add(node);
    open.push({ node, isDone: true });
    if (node.right !== null) open.push({ node: node.right, isDone: false });
    if (node.left !== null) open.push({ node: node.left, isDone: false });
  }
  return found;
}

/** What some runs hold. */
export type Holdings = {
  /** Taken events, shared ones counted once. */
  readonly events: number;
  /** Time of the earliest first event; `END_OF_TIME`: there is no run. */
  readonly oldestAt: Instant;
};

/**
 * Lets go of what is dead below `roots`, sets every count right, and says what is left, together with what `runs` hold. Whatever else
 * shares these nodes must have the same horizon. Cost: the nodes below.
 */
export function trim(roots: readonly Node[], runs: readonly Tail[], horizon: Horizon): Holdings {
  const seen = new Set<Node>();
  const tails = new Set<Tail>();
  let events = 0;
  let oldestAt = END_OF_TIME;
  const hold = (run: Tail): void => {
    oldestAt = Math.min(oldestAt, run.first.at);
    for (let at: Tail | null = run; at !== null && !tails.has(at); at = at.previous) tails.add(at);
  };
  for (const run of runs) hold(run);
  const open: { readonly node: Node; readonly isDone: boolean }[] = roots.map((node) => ({ node, isDone: false }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isDone } = next;
    if (isDone) {
      node.count = node.left === null ? 1 : node.left.count + (node.right?.count ?? 0);
    } else if (!seen.has(node)) {
      seen.add(node);
      if (node.right !== null && !isAlive(node.right, horizon)) node.right = null;
      open.push({ node, isDone: true });
      if (node.left !== null) open.push({ node: node.left, isDone: false });
      if (node.right !== null) open.push({ node: node.right, isDone: false });
      if (node.event !== null) events++;
      if (node.tail !== null) hold(node.tail);
    }
  }
  return { events: events + tails.size, oldestAt };
}
