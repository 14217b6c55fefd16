// Into how many shards the work of a service is cut.

import { ConfigError } from "../../core/errors.ts";

/** How many shards a service has if nothing else is said. */
export const MOST_SHARDS = 8;

/** S for inputs of so many partitions. `wanted` is `null` where nobody has said. @throws {ConfigError} `BAD_SHARDS` */
export function shardsFor(partitions: number, wanted: number | null): number {
  if (wanted === null) return Math.min(partitions, MOST_SHARDS);
  if (wanted <= partitions) return wanted;
  throw new ConfigError(
    "BAD_SHARDS",
    `The service has ${wanted} shards, more than the ${partitions} partitions of its inputs. Set shards to at most ${partitions}, or leave it out.`,
  );
}
