// A process for the spec of --processes: says how it is doing, and then does what its argument says.

import { parentOf } from "../../lib/cli/parent.ts";
import { metricsOf } from "./metrics.ts";

const [does = ""] = process.argv.slice(2);
const parent = parentOf();
if (parent === null) throw new Error("nobody started this process");

const nothing = { byCode: new Map(), examples: [] };
const topic = { topic: "in", records: 10, onTime: 6, late: 1, deadLettered: 1, skipped: 0, waiting: 2 };
const metrics = metricsOf({
  topics: [topic],
  patterns: [{ pattern: "p", openRuns: 5, keys: 5, oldestFirstAt: parent.number, alerts: 3 }],
  sent: { alerts: 3, timedOut: 0, late: 1, deadLetters: 1, notices: 0 },
  watermark: parent.number * 1_000,
});
const late = { byCode: new Map([["LATE", 1]]), examples: [] };
if (does !== "silent") await parent.report({ metrics, late, deadLetters: nothing });
process.stderr.write(`process ${parent.number} is here\n`);

if (does.startsWith("exit")) process.exit(Number(does.slice(4)));
if (does === "first dies" && parent.number === 1) process.exit(7);
const waiting = setInterval(() => {}, 1_000);
if (does !== "deaf") parent.signal.addEventListener("abort", () => clearInterval(waiting));
parent.signal.addEventListener("abort", () => {
  process.stderr.write(`process ${parent.number} stops\n`);
  if (does !== "deaf") process.disconnect?.();
});
