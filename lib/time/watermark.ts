// How sure we are of the past. A watermark w promises that no event with a time ≤ w will come; an event that comes
// nevertheless is late.
//
//     times seen      10  14  12  20
//     outOfOrderness 3 ms
//     watermark        6  10  10  16      newest − outOfOrderness − 1

import { BEGINNING, type Instant } from "./instant.ts";

/** The watermark of one partition with bounded disorder. Depends on the events of that partition alone. */
export interface Watermark {
  /** Where it stands; before the first event at the beginning of time. It never goes back. */
  readonly at: Instant;
  /** The newest time seen; before the first event the beginning of time. */
  readonly newest: Instant;
  /** Takes the time of the next event, in order of arrival. Returns whether that event is late: its time is at or below the watermark before it. */
  observe(at: Instant): boolean;
}

/**
 * A watermark before its first event, or after events of which `since` was the newest. An event is late if it is `outOfOrdernessMs` and a millisecond or more older than the
 * newest before it: instants are whole milliseconds.
 */
export function createWatermark(outOfOrdernessMs: number, since: Instant = BEGINNING): Watermark {
  let newest = since;
  const behind = outOfOrdernessMs + 1;
  return {
    get at() {
      return newest - behind;
    },
    get newest() {
      return newest;
    },
    observe(at) {
      if (at > newest) {
        newest = at;
        return false;
      }
      return at <= newest - behind;
    },
  };
}
