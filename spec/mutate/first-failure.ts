// Stands in for "uvu" in a program of specs: uvu itself, but the first thing that fails ends the program. Says which test begins.

import type { Callback, Test } from "uvu";
import * as uvu from "uvu";

/** What a program tells who started it. */
export type Said = { readonly loads: string } | { readonly begins: string } | { readonly fails: string };

type Hooks = Test<unknown>["before"];

export function suite<T>(title: string, context?: T): Test<T> {
  const real = uvu.suite<T>(title, context);
  const watched =
    (name: string, work: Callback<T>): Callback<T> =>
    async (given) => {
      tell({ begins: `${title} › ${name}` });
      try {
        await work(given);
      } catch {
        await failed(`${title} › ${name}`);
      }
    };
  const hooks = (name: string, all: Test<T>["before"]): Hooks =>
    Object.assign((hook: Callback<T>) => all(watched(name, hook)), {
      each: (hook: Callback<T>) => all.each(watched(`${name} each`, hook)),
    }) as Hooks;
  const it = (name: string, test: Callback<T>): void => real(name, watched(name, test));
  const rest = { only: real.only, skip: real.skip, run: real.run };
  return Object.assign(it, rest, {
    before: hooks("before", real.before),
    after: hooks("after", real.after),
  }) as unknown as Test<T>;
}

export function tell(said: Said): void {
  process.send?.(said);
}

/** Never resolves. */
function failed(fails: string): Promise<never> {
  return new Promise(() => process.send?.({ fails } satisfies Said, () => process.exit(1)));
}
