// What a process does at a request to Kafka because a spec has ordered it: it dies as by `kill -9`, is stopped, kills its broker, or loses or
// delays what is on the way. It stands between kafkajs and the sockets of Node.js; nothing in the package knows of it.
//
//     kafkajs ─ write ─▶ [before] ─▶ socket ─▶ [after]        broker ─ data ─▶ [answered] ─▶ kafkajs
import { Socket } from "node:net";
import { unreachable } from "../../lib/core/errors.ts";
import { isAt, type Moment, type Point } from "./points.ts";
import { afterAnswer, afterRequest, type Talk } from "./talk.ts";
import { type Request, readRequest } from "./wire.ts";

export type Act =
  | { readonly kind: "die"; readonly afterMs: number }
  /** Until somebody sends SIGCONT. */
  | { readonly kind: "sleep" }
  /** The broker that the request goes to: its process, by the port where it listens. */
  | { readonly kind: "kill"; readonly pids: Readonly<Record<number, number>> }
  /** The connection goes with it, a moment later. `next`: what is ordered of the same shard from then on. */
  | { readonly kind: "lose"; readonly what: "request" | "answer"; readonly next?: Pick<Order, "point" | "act"> }
  /** With all that comes behind it on the same connection. */
  | { readonly kind: "delay"; readonly what: "request" | "answer"; readonly ms: number };

export type Order = {
  readonly point: Point;
  /** Which shards it is about; `null`: all. */
  readonly shards: readonly number[] | null;
  /** The how manieth time it comes up, from now on. */
  readonly number: number;
  readonly act: Act;
};

/** What is known of a process, whenever it dies. */
export type Witness = {
  readonly talk: Talk;
  /** The orders that were carried out, by the names of their points, and of which shard. */
  readonly done: readonly { readonly point: string; readonly shard: number | null }[];
};

export type Hook = {
  readonly order: (order: Order) => void;
  /** What was ordered at a point, and has not come up, is called off. */
  readonly callOff: (point: string) => void;
};

/** Watches all sockets of this process; `witness` is told of each change before anything else happens. */
export function createHook(app: string, witness: (seen: Witness) => void): Hook {
  return new SocketHook(app, witness);
}

/** Long enough for a broker to have done what it was asked. */
const BREAKS_AFTER_MS = 100;

class SocketHook implements Hook {
  readonly #app: string;
  readonly #witness: (seen: Witness) => void;
  readonly #lines = new WeakMap<Socket, Line>();
  readonly #write = Socket.prototype.write as (this: Socket, ...words: unknown[]) => boolean;
  readonly #emit = Socket.prototype.emit as (this: Socket, ...words: unknown[]) => boolean;
  #orders: { readonly order: Order; left: number }[] = [];
  #talk: Talk = new Map();
  #done: Witness["done"] = [];

  constructor(app: string, witness: (seen: Witness) => void) {
    this.#app = app;
    this.#witness = witness;
    const hook = this;
    Socket.prototype.write = function watched(this: Socket, ...words: unknown[]): boolean {
      return hook.#written(this, words);
    } as Socket["write"];
    Socket.prototype.emit = function watched(this: Socket, ...words: unknown[]): boolean {
      return words[0] === "data" ? hook.#heard(this, words) : hook.#emit.apply(this, words);
    } as Socket["emit"];
  }

  order(order: Order): void {
    this.#orders.push({ order, left: order.number });
  }

  callOff(point: string): void {
    this.#orders = this.#orders.filter(({ order }) => order.point.name !== point);
  }

  #written(socket: Socket, words: unknown[]): boolean {
    const request = readRequest(words[0], this.#app);
    const line = this.#lineOf(socket);
    if (request === null) return line.out.pass(() => this.#write.apply(socket, words));
    this.#carryOut(this.#actsAt("before", request), socket);
    line.asked.push(request);
    line.out.pass(() => this.#write.apply(socket, words)); // the kernel sends what it was given, whatever becomes of us
    this.#talk = afterRequest(this.#talk, request, socket.remotePort ?? 0);
    this.#tell();
    this.#carryOut(this.#actsAt("after", request), socket);
    return true;
  }

  #heard(socket: Socket, words: unknown[]): boolean {
    const line = this.#lineOf(socket);
    // Brokers answer in order.
    for (const request of line.asked.splice(0, line.answersIn(words[1] as Buffer))) {
      this.#carryOut(this.#actsAt("answered", request), socket); // nobody here has seen the answer
      this.#talk = afterAnswer(this.#talk, request);
      this.#tell();
    }
    return line.in.pass(() => this.#emit.apply(socket, words));
  }

  /** Those whose turn it is; each is carried out once. */
  #actsAt(moment: Moment, request: Request): readonly Act[] {
    const due = this.#orders.filter(
      (each) => isAt(each.order.point, moment, request, this.#talk, each.order.shards) && --each.left === 0,
    );
    if (due.length === 0) return [];
    this.#orders = this.#orders.filter((each) => !due.includes(each));
    for (const { order } of due) this.#orderNext(order.act, request.shard);
    const done = due.map(({ order }) => ({ point: order.point.name, shard: request.shard }));
    this.#done = [...this.#done, ...done];
    return due.map(({ order }) => order.act);
  }

  #orderNext(act: Act, shard: number | null): void {
    if (act.kind !== "lose" || act.next === undefined || shard === null) return;
    this.order({ ...act.next, shards: [shard], number: 1 });
  }

  #tell(): void {
    this.#witness({ talk: this.#talk, done: this.#done });
  }

  #carryOut(acts: readonly Act[], socket: Socket): void {
    if (acts.length === 0) return;
    this.#tell();
    for (const act of acts) carryOut(act, this.#lineOf(socket), socket);
  }

  #lineOf(socket: Socket): Line {
    const line = this.#lines.get(socket) ?? {
      asked: [],
      answersIn: createCounter(),
      in: createWay(),
      out: createWay(),
    };
    this.#lines.set(socket, line);
    return line;
  }
}

/** A connection. */
type Line = {
  /** Not answered yet. */
  readonly asked: Request[];
  /** How many answers begin in what has come. */
  readonly answersIn: (bytes: Buffer) => number;
  readonly in: Way;
  readonly out: Way;
};

const LENGTH_BYTES = 4;

/** Each answer is its length and so many bytes, cut anywhere. */
function createCounter(): (bytes: Buffer) => number {
  let head: readonly number[] = [];
  let left = 0;
  return (bytes) => {
    let begun = 0;
    for (let at = 0; at < bytes.length; ) {
      if (left > 0) {
        const taken = Math.min(left, bytes.length - at);
        left -= taken;
        at += taken;
      } else {
        head = [...head, bytes[at++] as number];
        if (head.length < LENGTH_BYTES) continue;
        left = Buffer.from(head).readInt32BE(0);
        head = [];
        begun += 1;
      }
    }
    return begun;
  };
}

/** One direction of it: everything passes in its order, at once unless it is held up. */
type Way = {
  readonly pass: (step: () => boolean) => boolean;
  readonly close: () => void;
  readonly holdUp: (ms: number) => void;
};

function createWay(): Way {
  let waiting: (() => boolean)[] | null = null;
  let isClosed = false;
  return {
    pass(step) {
      if (isClosed) return true;
      if (waiting === null) return step();
      waiting.push(step);
      return true;
    },
    close() {
      isClosed = true;
    },
    holdUp(ms) {
      waiting ??= [];
      setTimeout(() => {
        const steps = waiting ?? [];
        waiting = null;
        for (const step of steps) if (!isClosed) step();
      }, ms);
    },
  };
}

function carryOut(act: Act, line: Line, socket: Socket): void {
  switch (act.kind) {
    case "die":
      if (act.afterMs > 0) setTimeout(() => process.kill(process.pid, "SIGKILL"), act.afterMs);
      else process.kill(process.pid, "SIGKILL");
      break;
    case "sleep":
      process.kill(process.pid, "SIGSTOP");
      break;
    case "kill":
      killBroker(act.pids[socket.remotePort ?? 0]);
      break;
    case "lose":
      wayOf(line, act).close();
      line.in.close();
      setTimeout(() => socket.destroy(connectionReset()), BREAKS_AFTER_MS);
      break;
    case "delay":
      wayOf(line, act).holdUp(act.ms);
      break;
    default:
      unreachable(act);
  }
}

function killBroker(pid: number | undefined): void {
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}

function wayOf(line: Line, { what }: { readonly what: "request" | "answer" }): Way {
  return what === "request" ? line.out : line.in;
}

function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}
