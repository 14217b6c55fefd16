// Somebody tries passwords until one is right.

import { pattern } from "sequitur";

/** What a login page says. `at` is an ISO 8601 text with its zone. */
export type LoginEvent = { type: "failed" | "succeeded"; user: string; ip: string; at: string };

// biome-ignore format: one line is one step
/**
 * Five failed logins of a user or more, directly followed by one that succeeds, all within ten minutes. Failures that follow
 * each other belong together: of all rows of failures that end at the success the longest is reported, and no other.
 */
export const failedLogins = pattern<LoginEvent>("failed-logins")
  .begin("failures").on("failed").timesOrMore(5).consecutive()
  .next("success").on("succeeded")
  .within("10m")
  .skip("pastLast")
  .select(({ failures, success }) => ({ user: success.user, failures: failures.length, ip: success.ip }));
