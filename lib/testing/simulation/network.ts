// The way between a process and the broker: it takes time, and things get lost on it.
//
//     process ──request──▶ broker ──answer──▶ process
//                  ✗ nothing was done   ✗ it was done          the process cannot tell these two apart
//
// Requests of one process arrive in the order they were sent, unless a fault holds one back.

import { TransportError } from "../../core/errors.ts";
import { type AnswerOf, type Api, type Ask, type AskOf, isRefused, type KafkaCode, type Refused } from "./calls.ts";
import type { Gate } from "./instance.ts";
import type { World } from "./world.ts";

/** What happens to one request. */
export type Fate = {
  readonly requestMs: number;
  readonly answerMs: number;
  /** What gets lost, if anything; the process learns of it `noticedMs` later, as when a connection is reset. */
  readonly lost: "request" | "answer" | null;
  readonly noticedMs: number;
  /** Whether the request arrives a second time, right behind the first. */
  readonly isDoubled: boolean;
};

export type Call = { readonly api: Api; readonly instance: string; readonly number: number };

/** A request that the broker answered. `isGivenUp`: nobody waits for it any more. */
export type Answered = {
  readonly call: Call;
  readonly fate: Fate;
  readonly isGivenUp: boolean;
  /** `null`: it was done. */
  readonly refused: KafkaCode | null;
};

/** Decides the fate of each request. */
export type Fates = (call: Call) => Fate;

export type NetworkOptions = {
  readonly world: World;
  readonly broker: Ask;
  readonly fates: Fates;
  /** A request without answer is given up after this; those that wait for others by their own time on top. */
  readonly requestTimeoutMs: number;
  /** Is told of each answer of the broker, also of those that get lost: for those who look on. */
  readonly onAnswered?: ((answered: Answered) => void) | undefined;
};

/** The broker as a process behind `gate` sees it. */
export function connectThrough(options: NetworkOptions, instance: string, gate: Gate): Ask {
  const { world, broker, fates, requestTimeoutMs, onAnswered } = options;
  const { clock } = world;
  let number = 0;
  let lastArrival = 0;
  const underway: (() => Promise<void>)[] = [];

  return <A extends Api>(api: A, ask: AskOf<A>) =>
    new Promise<AnswerOf<A> | Refused>((resolve, reject) => {
      // What the dead still ask is not sent, and who is stopped asks later.
      gate.enter(() => send(api, ask, resolve, reject));
    });

  function send<A extends Api>(
    api: A,
    ask: AskOf<A>,
    resolve: (answer: AnswerOf<A> | Refused) => void,
    reject: (error: Error) => void,
  ): void {
    const call = { api, instance, number: ++number };
    const fate = fates(call);
    let isOver = false;
    const settle = (says: string, act: () => void): void => {
      if (isOver) return;
      isOver = true;
      callOff();
      world.trace(`${instance} ${call.number} ${api} ${says}`);
      gate.enter(act);
    };
    const giveUp = (): void => settle("no answer", () => reject(noAnswer(api, instance)));
    const callOff = clock.after(requestTimeoutMs + waitOf(api, ask), giveUp);
    const noticeLater = (): unknown => clock.after(fate.noticedMs, giveUp);
    const arrive = async (): Promise<void> => {
      if (fate.isDoubled) void broker(api, ask);
      const answer = await broker(api, ask);
      onAnswered?.({ call, fate, isGivenUp: isOver, refused: isRefused(answer) ? answer.refused : null });
      if (fate.lost === "answer") noticeLater();
      else clock.after(fate.answerMs, () => settle(describe(answer), () => resolve(answer)));
    };
    if (fate.lost === "request") noticeLater();
    else deliver(fate, arrive);
  }

  /** In order on one connection; what is given up before it arrives had one of its own. */
  function deliver({ requestMs }: Fate, arrive: () => Promise<void>): void {
    if (requestMs >= requestTimeoutMs) {
      clock.after(requestMs, () => void arrive());
      return;
    }
    lastArrival = Math.max(lastArrival, clock.now() + requestMs);
    underway.push(arrive);
    clock.after(lastArrival - clock.now(), () => void underway.shift()?.());
  }
}

/** How long a broker may take by the nature of the request. */
function waitOf<A extends Api>(api: A, ask: AskOf<A>): number {
  if (api === "join") return (ask as AskOf<"join">).rebalanceTimeoutMs;
  return api === "fetch" ? (ask as AskOf<"fetch">).waitMs : 0;
}

function describe(answer: object): string {
  return "refused" in answer ? String(answer.refused) : "done";
}

function noAnswer(api: Api, instance: string): TransportError {
  return new TransportError(
    "NO_ANSWER",
    `The broker did not answer "${api}" of ${instance}: whether it was done is unknown.`,
    { retriable: true },
  );
}
