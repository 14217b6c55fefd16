// npm run bench: how fast the matcher is, next to programs written by hand for one workload each, in the same run.

import { ConfigError } from "../../lib/core/errors.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { CONTENDERS } from "./contenders.ts";
import { type OpenKeysRow, weighOpenKeys } from "./open-keys.ts";
import { peers } from "./peers/peers.ts";
import { type Bundle, bundleContenders } from "./processes.ts";
import { growthTable, legend, openKeysTable, speedTable } from "./table.ts";
import { type Entrant, type Plan, type Row, takeTurns } from "./turns.ts";
import { OPEN_KEYS, WORKLOADS, workloadOf } from "./workloads.ts";

const USAGE = `npm run bench [-- WORKLOAD…] [--events N] [--repetitions 3] [--seconds 3] [--peers] [--json]

  WORKLOAD         ${WORKLOADS.map(({ name }) => name)
    .join(" ")
    .replace(/(.{90}\S*) /g, "$1\n                   ")}
                   W7, or W4-<a> for any a. Default: all of them
  --events N       only the first N events of each stream
  --repetitions N  how often each contender runs a workload, in turn; the median counts
  --seconds N      how long one repetition may take; who takes longer is stopped, and compared with the others at that point
  --peers          next to Flink's matcher, Esper and Siddhi, too: npm run bench:peers. Needs a JDK from 17 up, and Maven
  --json           prints the result as JSON

Exits with 0 if all contenders find the same number of matches, with 1 if not, with 2 if the arguments make no sense or
Java or Maven is missing, with 130 if it was interrupted.`;

type Command = {
  readonly names: readonly string[];
  readonly plan: Plan;
  readonly withPeers: boolean;
  readonly json: boolean;
};

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ names, plan, withPeers, json }: Command): Promise<number> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const bundle = await bundleContenders();
  const rows: Row[] = [];
  const notes: string[] = [];
  const problems: string[] = [];
  let openKeys: readonly OpenKeysRow[] = [];
  try {
    const others = withPeers ? await peers((line) => console.error(line)) : [];
    const entrants = [...CONTENDERS.map((name) => entrantOf(name, bundle)), ...others];
    for (const [index, name] of names.entries()) {
      const startedAt = performance.now();
      if (name === OPEN_KEYS.name) {
        const weighed = await weighOpenKeys(entrants, plan, interrupted.signal);
        openKeys = weighed.rows;
        problems.push(...weighed.problems);
      } else {
        const workload = workloadOf(name);
        if (workload === null) continue;
        const result = await takeTurns(workload, entrants, plan, interrupted.signal);
        rows.push(...result.rows);
        notes.push(...result.notes);
        problems.push(...result.problems);
      }
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      console.error(
        `${index + 1} of ${names.length}: ${name}, ${seconds} s${problems.length > 0 ? `, ${problems.length} problems so far` : ""}`,
      );
    }
  } catch (error) {
    if (!interrupted.signal.aborted) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(error.message);
      return 2;
    }
    console.error("Interrupted.");
  } finally {
    bundle.remove();
  }
  console.log(json ? JSON.stringify({ plan, rows, openKeys, notes, problems }) : report(rows, openKeys, notes));
  for (const problem of problems) console.error(problem);
  if (interrupted.signal.aborted) return 130;
  return problems.length === 0 ? 0 : 1;
}

function entrantOf(name: string, bundle: Bundle): Entrant {
  return {
    name,
    program: (workload, atMost) => bundle.program([name, workload, String(atMost)]),
    missesOut: () => null,
    differsBecause: () => null,
  };
}

function report(rows: readonly Row[], openKeys: readonly OpenKeysRow[], notes: readonly string[]): string {
  const parts = [
    rows.length === 0 ? "" : legend([...new Set(rows.map(({ workload }) => workload))]),
    rows.length === 0 ? "" : speedTable(rows),
    growthTable(rows),
    openKeys.length === 0 ? "" : openKeysTable(openKeys),
    notes.join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function parseCommand(words: string[]): Command | string {
  const [text, flag] = [{ type: "string" }, { type: "boolean", default: false }] as const;
  const options = { events: text, repetitions: text, seconds: text, peers: flag, json: flag };
  return readWords(
    USAGE,
    words,
    options,
    ({ events, repetitions = "3", seconds = "3", peers, json }, names) => {
      const all = [...WORKLOADS.map(({ name }) => name), OPEN_KEYS.name];
      const unknown = names.find((name) => name !== OPEN_KEYS.name && workloadOf(name) === null);
      if (unknown !== undefined) throw new Error(`There is no workload ${unknown}.`);
      const plan = {
        atMost: events === undefined ? Number.POSITIVE_INFINITY : wholeNumber("events", events),
        repetitions: wholeNumber("repetitions", repetitions),
        limitMs: wholeNumber("seconds", seconds) * 1_000,
      };
      return { names: names.length === 0 ? all : names, plan, withPeers: peers, json };
    },
    true,
  );
}
