// Events as they arrive: delayed within a bound, twice, or too late. Events of the same time keep their order, since
// that is part of what a pattern means.

import { groupBy } from "../core/group-by.ts";
import type { Instant } from "../time/instant.ts";
import type { Acted } from "./act.ts";

/** What happens to an event on its way. */
export type Fate = {
  /** Of the bound, how much it is delayed, from 0 to 1. */
  readonly delay: number;
  readonly isTwice: boolean;
  /** Whether it comes when it is too late, if anything comes after that. */
  readonly isLate: boolean;
};

/** Events in order of arrival; `late` are those among them that come too late. */
export type Arrival = { readonly arriving: readonly Acted[]; readonly late: readonly Acted[] };

type Due = { readonly event: Acted; readonly at: Instant };

/** How events in order of time arrive, if they may be `boundMs` out of order. Fates go round. */
export function arrivalOf(events: readonly Acted[], fates: readonly Fate[], boundMs: number): Arrival {
  const times = [...groupBy(events, ({ at }) => at)];
  const onTime: Due[] = [];
  const late: Due[] = [];
  for (const [index, [at, together]] of times.entries()) {
    const { delay = 0, isTwice = false, isLate = false } = fates[index % Math.max(1, fates.length)] ?? {};
    // The first moment at which it is too late is that of the first event which is newer by more than the bound.
    const tooLate = times.find(([other]) => other > at + boundMs)?.[0];
    if (isLate && tooLate !== undefined) {
      for (const event of together) late.push({ event, at: tooLate });
      continue;
    }
    const arrives = at + Math.floor(delay * boundMs);
    for (const event of together) onTime.push({ event, at: arrives });
    const last = together.at(-1);
    if (isTwice && last !== undefined) onTime.push({ event: last, at: arrives });
  }
  return inOrderOfArrival(onTime, late, boundMs);
}

/** Late ones come as soon as they are late for sure: behind an event that is newer by more than the bound. */
function inOrderOfArrival(onTime: readonly Due[], late: readonly Due[], boundMs: number): Arrival {
  const arriving = [...onTime].sort((left, right) => left.at - right.at).map(({ event }) => event);
  const really = new Set<Acted>();
  for (const { event } of late) {
    const after = arriving.findIndex(({ at }) => at > event.at + boundMs);
    if (after < 0) continue;
    arriving.splice(after + 1, 0, event);
    really.add(event);
  }
  return { arriving, late: arriving.filter((event) => really.has(event)) };
}
