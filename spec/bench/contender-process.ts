// One contender on one workload, in a process of its own: node contender-process.mjs <contender> <workload> <at most>.
// Says what it is ready for, then answers each line with a line of JSON, until its input ends:
//
//     repeat <limit, ms> <of the warm part> ▶ a repetition          pause <limit, ms> ▶ the longest pause, ms
//     count <events>                        ▶ matches after these   save              ▶ how long it took to save and restore
//     bytes                                 ▶ bytes per open key                  event ▶ bytes of an event alone

import { createInterface } from "node:readline";
import { contenderOf } from "./contenders.ts";
import { checksum } from "./generate.ts";
import {
  bytesPerEvent,
  bytesPerOpenKey,
  countAfter,
  longestPauseMs,
  prepare,
  repeat,
  saveAndRestore,
} from "./measure.ts";
import { OPEN_KEYS, workloadOf } from "./workloads.ts";

const KEYS_SAVED = 1_000_000;

const [name = "", of = "", most = ""] = process.argv.slice(2);
const atMost = Number(most);
const contender = contenderOf(name);
const answers = of === OPEN_KEYS.name ? onOpenKeys() : onWorkload();

function onOpenKeys(): (ask: string) => unknown {
  say({ isReady: true });
  return (ask) => {
    switch (ask) {
      case "bytes":
        return bytesPerOpenKey(contender, atMost);
      case "event":
        return bytesPerEvent(atMost);
      case "save":
        return saveAndRestore(name, Math.min(KEYS_SAVED, atMost));
      default:
        throw new Error(`Nobody can ${ask}.`);
    }
  };
}

function onWorkload(): (ask: string, about: number, more: number) => unknown {
  const workload = workloadOf(of);
  if (workload === null) throw new Error(`There is no workload ${of}.`);
  const ready = prepare(contender, workload, atMost);
  const { events, warm, tail } = ready.stream;
  say({ checksum: checksum(ready.stream), events, warm, tail });
  return (ask, about, more) => {
    switch (ask) {
      case "repeat":
        return repeat(ready, about, more);
      case "count":
        return countAfter(ready, about);
      case "pause":
        return longestPauseMs(ready, about);
      default:
        throw new Error(`Nobody can ${ask}.`);
    }
  };
}

for await (const line of createInterface(process.stdin)) {
  const [ask = "", about = "", more = ""] = line.split(" ");
  say(answers(ask, Number(about), Number(more)));
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
