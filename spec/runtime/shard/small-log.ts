// A log with transactions in memory, just enough of Kafka to stand behind the ports of shards: epochs fence, what is not
// committed is not read, markers take an offset. `fate` decides of each call whether it is done, and whether anybody hears of it.

import { TransportError } from "../../../lib/core/errors.ts";
import type { InputRecord, OutputRecord, Sink, TopicPartition } from "../../../lib/runtime/ports.ts";
import type {
  PlacedRecord,
  ShardHandler,
  ShardSource,
  ShardWriter,
  StateBatch,
  StateLog,
  Transaction,
} from "../../../lib/runtime/shard-ports.ts";
import type { Process, SmallWorld } from "./small-world.ts";

/** Committed, and forgotten before that was told to the partitions: it ends as the next one of the shard. */
type Txn = { state: "open" | "forgotten" | "committed" | "aborted" };
type Stored = { readonly offset: bigint; readonly value: Uint8Array | null; readonly txn: Txn | null };
type StatePartition = {
  stored: Stored[];
  start: bigint;
  next: bigint;
  epoch: number;
  open: readonly Txn[];
};

/** `lost` says that it failed without being done, `unheard` that it was done and says that it failed; a commit that is `forgotten` shows nobody that it was done; never two in a row. */
export type Fate = "done" | "lost" | "unheard" | "forgotten" | "killBefore" | "killAfter";

/** A step of the protocol, such as `checkpoint.commit`. */
export type Step = string;

/** One process of the service, and what it is connected by. */
export type Member = {
  readonly name: string;
  readonly process: Process;
  handler: ShardHandler | null;
  shards: readonly number[];
  isIn: boolean;
};

/** How long the group waits for those who save. */
const MOST_SAVE_MS = 2_000;

export class SmallLog {
  readonly inputs = new Map<string, InputRecord[]>();
  readonly outputs: { readonly placed: PlacedRecord; readonly txn: Txn }[] = [];
  readonly states: StatePartition[] = [];
  /** Outputs that were opened when a shard was taken over. */
  readonly openedLater: string[] = [];
  readonly members: Member[] = [];
  /** Offsets shown to the group. */
  readonly shown = new Map<string, bigint>();
  /** How many transactions were forgotten, and aborted with the next. */
  undone = 0;
  /** Input below this is gone. */
  readonly inputStart = new Map<string, bigint>();
  /** Where an open transaction is said to hold back an input; records are read all the same. */
  readonly stable = new Map<string, bigint>();
  fate: (step: Step, member: Member) => Fate = () => "done";
  readonly #world: SmallWorld;
  #rebalances = 0;
  #isStirred: (() => void)[] = [];

  constructor(world: SmallWorld, shards: number) {
    this.#world = world;
    for (let shard = 0; shard < shards; shard += 1)
      this.states.push({ stored: [], start: 0n, next: 0n, epoch: 0, open: [] });
  }

  /** What a read-committed reader has of the outputs. */
  committed(): readonly OutputRecord[] {
    return this.outputs.filter(({ txn }) => txn.state === "committed").map(({ placed }) => placed.record);
  }

  append(place: TopicPartition, record: InputRecord): void {
    const name = nameOf(place);
    const log = this.inputs.get(name) ?? [];
    this.inputs.set(name, log);
    log.push(record);
    this.#stir();
  }

  /** Shares the shards out among those who are in the group, once those who want to save something have, or time for it is over. */
  rebalance(): void {
    this.#rebalances += 1;
    const asked = this.#rebalances;
    const saves = this.members.filter(({ handler }) => handler?.onRebalancing !== undefined).map(saved);
    const shareOut = (): void => {
      if (asked === this.#rebalances) this.#shareOut();
    };
    if (saves.length === 0) shareOut();
    else {
      this.#world.clock.after(MOST_SAVE_MS, shareOut);
      void Promise.all(saves).then(shareOut);
    }
  }

  /** They stay where they are as far as possible. */
  #shareOut(): void {
    this.#rebalances += 1;
    const members = this.members.filter(({ isIn, handler }) => isIn && handler !== null);
    if (members.length === 0) return;
    const all = this.states.map((_, shard) => shard);
    const most = Math.ceil(all.length / members.length);
    const shares = new Map(members.map((member) => [member, member.shards.slice(0, most)]));
    const taken = new Set([...shares.values()].flat());
    for (const shard of all.filter((each) => !taken.has(each))) {
      const [least] = [...shares].sort(([, one], [, other]) => one.length - other.length);
      if (least !== undefined) shares.set(least[0], [...least[1], shard]);
    }
    for (const [member, shards] of shares) {
      member.shards = shards;
      member.process.enter(() => member.handler?.onAssigned(shards));
    }
  }

  /** The group has not heard of it for too long. */
  expel(member: Member): void {
    member.isIn = false;
    member.shards = [];
    this.rebalance();
  }

  connect(
    name: string,
    process: Process,
  ): { readonly member: Member; readonly source: ShardSource; readonly state: StateLog; readonly sink: Sink } {
    const member: Member = { name, process, handler: null, shards: [], isIn: false };
    this.members.push(member);
    return { member, source: this.#source(member), state: this.#state(member), sink: this.#sink(member) };
  }

  /** Crosses the network there and back; what is asked of the log happens in between. */
  #call<T>(step: Step, member: Member, act: (fate: Fate) => T | Promise<T>): Promise<T> {
    const { process } = member;
    const { clock, random } = this.#world;
    return new Promise((resolve, reject) => {
      process.enter(() => {
        const fate = this.fate(step, member);
        if (fate === "killBefore") process.kill();
        if (fate === "lost") clock.after(5 + random(20), () => process.enter(() => reject(unheard(step))));
        if (fate === "killBefore" || fate === "lost") return;
        clock.after(random(4), async () => {
          const answer = await Promise.resolve()
            .then(() => act(fate))
            .then(
              (value) => () => resolve(value),
              (error: Error) => () => reject(error),
            );
          if (fate === "killAfter") process.kill();
          clock.after(random(4), () => process.enter(fate === "unheard" ? () => reject(unheard(step)) : answer));
        });
      });
    });
  }

  #source(member: Member): ShardSource {
    const reading = new Map<string, { place: TopicPartition; next: bigint; paused: boolean; token: object }>();
    const pump = async (name: string, token: object): Promise<void> => {
      for (let isFirst = true; ; isFirst = false) {
        const at = reading.get(name);
        if (at === undefined || at.token !== token || member.process.isDead) return;
        const log = (this.inputs.get(name) ?? []).filter(({ offset }) => offset >= at.next);
        const size = 1 + this.#world.random(5);
        const records = log.slice(0, size);
        if (!at.paused && member.process.isRunning && (records.length > 0 || isFirst)) {
          const last = records.at(-1);
          if (last !== undefined) at.next = last.offset + 1n;
          const isOurs = member.shards.includes(at.place.partition % this.states.length);
          if (isOurs) member.handler?.onBatch({ ...at.place, records, caughtUp: log.length <= size });
        }
        await new Promise<void>((resolve) => this.#world.clock.after(1 + this.#world.random(10), resolve));
        if (log.length <= size) await this.#stirred();
      }
    };
    const change = (place: TopicPartition, paused: boolean): void => {
      const at = reading.get(nameOf(place));
      if (at !== undefined) at.paused = paused;
      this.#stir();
    };
    return {
      partitionCount: async (topic) => [...this.inputs.keys()].filter((name) => name.startsWith(`${topic}/`)).length,
      start: (_, __, handler) =>
        this.#call("start", member, () => {
          member.handler = handler;
          member.isIn = true;
          this.rebalance();
        }),
      proveMembership: () =>
        this.#call("proveMembership", member, () => {
          if (member.isIn) return;
          member.isIn = true; // joins again, with nothing
          this.rebalance();
        }),
      bounds: (places) =>
        this.#call("inputs.bounds", member, () =>
          places.map((place) => {
            const last = this.inputs.get(nameOf(place))?.at(-1)?.offset ?? -1n;
            return { start: this.inputStart.get(nameOf(place)) ?? 0n, end: last + 1n };
          }),
        ),
      beginnings: (places) =>
        this.#call("inputs.beginnings", member, () => places.map((place) => this.shown.get(nameOf(place)) ?? 0n)),
      read: (place, offset) => {
        const token = {};
        reading.set(nameOf(place), { place, next: offset, paused: false, token });
        void pump(nameOf(place), token);
      },
      pause: (place) => change(place, true),
      resume: (place) => change(place, false),
      endOf: () => null,
      ends: async (places) =>
        places.map((place) => {
          const end = (this.inputs.get(nameOf(place))?.at(-1)?.offset ?? -1n) + 1n;
          return { stable: this.stable.get(nameOf(place)) ?? end, end };
        }),
      openTransactions: async ({ topic, partition }) => {
        const offset = this.stable.get(nameOf({ topic, partition }));
        if (offset === undefined) return [];
        return [{ producerId: "77", offset, transactionalId: "theirs", startedAt: 0, timeoutMs: 60_000 }];
      },
      show: (positions) => {
        for (const each of positions) this.shown.set(nameOf(each), each.position);
      },
      stop: async () => {
        member.handler = null;
        this.expel(member);
      },
    };
  }

  #sink(member: Member): Sink {
    return {
      open: () => this.#call("open", member, () => undefined),
      send: (records) =>
        this.#call("sink.send", member, () => {
          const txn: Txn = { state: "committed" };
          for (const record of records) this.outputs.push({ placed: { record, partition: 0 }, txn });
        }),
      close: async () => undefined,
    };
  }

  #state(member: Member): StateLog {
    const partition = (shard: number): StatePartition => this.states[shard] as StatePartition;
    return {
      open: () => this.#call("open", member, () => undefined),
      openOutputs: (outputs) => this.#call("openOutputs", member, () => void this.openedLater.push(...outputs)),
      partitionOf: ({ value }) => value.length % 3,
      takeOver: (shard) =>
        this.#call("takeOver", member, () => {
          const state = partition(shard);
          state.epoch += 1;
          if (state.open.some((txn) => txn.state === "open")) this.#end(state, "aborted");
          return this.#writer(member, state, state.epoch);
        }),
      bounds: (shard) =>
        this.#call("state.bounds", member, () => ({ start: partition(shard).start, end: stableEnd(partition(shard)) })),
      read: (shard, from) => this.#read(member, partition(shard), from),
      trim: (shard, before) =>
        this.#call("trim", member, () => {
          const state = partition(shard);
          if (before > state.start) state.start = before;
          state.stored = state.stored.filter(({ offset }) => offset >= state.start);
        }),
      close: async () => undefined,
    };
  }

  async *#read(member: Member, state: StatePartition, from: bigint): AsyncGenerator<StateBatch> {
    for (let next = from; ; ) {
      const batch = await this.#call("state.read", member, () => {
        if (next < state.start) throw new TransportError("OFFSET_OUT_OF_RANGE", "gone", { retriable: false });
        const end = stableEnd(state);
        const all = state.stored.filter(({ offset }) => offset >= next && offset < end).slice(0, 4);
        const upTo = (all.at(-1)?.offset ?? end - 1n) + 1n;
        const records = all.filter(({ txn }) => txn?.state === "committed");
        return { records, next: upTo > next ? upTo : next };
      });
      if (batch.next === next) await new Promise<void>((resolve) => this.#world.clock.after(250, resolve));
      next = batch.next;
      yield batch;
    }
  }

  #writer(member: Member, state: StatePartition, epoch: number): ShardWriter {
    let transactions = 0;
    const checked = <T>(act: () => T): T => {
      if (state.epoch === epoch) return act();
      throw new TransportError("PRODUCER_FENCED", "Somebody else has the shard.", { retriable: false });
    };
    const transaction = (phase: string): Transaction => {
      const txn: Txn = { state: "open" };
      const step = <T>(name: string, act: (fate: Fate) => T): Promise<T> =>
        this.#call(`${phase}.${name}`, member, (fate) => checked(() => act(fate)));
      const open = (): void => {
        if (!state.open.includes(txn)) state.open = [...state.open, txn];
      };
      return {
        send: ({ outputs, blocks }) =>
          step("send", () => {
            open();
            for (const placed of outputs) this.outputs.push({ placed, txn });
            const first = state.next;
            for (const value of blocks) state.stored.push({ offset: state.next++, value: Uint8Array.from(value), txn });
            return blocks.length > 0 ? first : null;
          }),
        commit: () =>
          step("commit", (fate) => {
            if (txn.state !== "open" || !state.open.includes(txn)) return;
            if (fate === "forgotten" && state.open.length === 1) txn.state = "forgotten";
            else this.#end(state, "committed");
          }),
      };
    };
    return {
      begin: async () => {
        transactions += 1;
        return transaction(transactions === 1 ? "barrier" : "checkpoint");
      },
      close: async () => undefined,
    };
  }

  #end(state: StatePartition, outcome: "committed" | "aborted"): void {
    for (const txn of state.open) {
      if (txn.state === "forgotten" && outcome === "aborted") this.undone += 1;
      txn.state = outcome;
    }
    state.open = [];
    state.next += 1n; // the marker
    this.#stir();
  }

  #stir(): void {
    for (const wake of this.#isStirred.splice(0)) wake();
  }

  #stirred(): Promise<void> {
    return new Promise((resolve) => this.#isStirred.push(resolve));
  }
}

/** A member that is dead has nothing to save any more, and says so to nobody. */
function saved({ process, handler }: Member): Promise<void> {
  return new Promise((resolve) => process.enter(() => void handler?.onRebalancing?.().then(resolve)));
}

function stableEnd({ stored, next, open }: StatePartition): bigint {
  return stored.find(({ txn }) => txn !== null && open.includes(txn))?.offset ?? next;
}

function unheard(step: Step): TransportError {
  return new TransportError("NO_ANSWER", `${step} was not answered.`, { retriable: true });
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
