// The end of a run, as people and scripts are told: the summary, an error if nothing was usable, the exit code.

import { describeFailure, EXIT } from "./failure.ts";
import { type NoteStyle, toJson } from "./notes.ts";
import { nothingUsable, type RunReport, summaryJson, summaryText } from "./summary.ts";

/**
 * Writes to standard error what became of everything. Returns the exit code: a run of which nothing was usable is no success, since
 * whoever reads only the exit code has to know; one that was stopped has not seen everything, and is none the worse for it.
 */
export function tellEnd(style: NoteStyle, report: RunReport): number {
  if (!style.quiet) process.stderr.write(`${style.json ? toJson(summaryJson(report)) : summaryText(report)}\n`);
  const { metrics, deadLetters, placeOf, ending } = report;
  const broken =
    ending === "ended" || ending === "stopped" ? nothingUsable(metrics.topics, deadLetters, placeOf) : null;
  if (broken === null) return EXIT.fine;
  process.stderr.write(describeFailure(broken, style));
  return ending === "ended" ? EXIT.failed : EXIT.fine;
}
