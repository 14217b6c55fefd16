// How the model broker is put together: each part answers some of the requests.

import { type AnswerOf, type Api, type AskOf, type KafkaCode, type Refused, refuse } from "./calls.ts";

/** An answer for each request. It never fails; it may take its time. */
export type Answers = {
  readonly [A in Api]: (ask: AskOf<A>) => AnswerOf<A> | Refused | Promise<AnswerOf<A> | Refused>;
};

const DONE = {};

/** The answer of what has nothing to say but whether it was done. */
export function done(code: KafkaCode | null): typeof DONE | Refused {
  return code === null ? DONE : refuse(code);
}
