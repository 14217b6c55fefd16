// Runs uvu suites so that nothing passes by accident: see spec/README.md.
import { writeFileSync } from "node:fs";
import { readWords, runCommand, wholeNumber } from "./run/command-line.ts";
import { measureCoverage, prepareCounts, type RoomCoverage } from "./run/coverage.ts";
import { selectFiles } from "./run/files.ts";
import { showCoverage, showGaps, showMisses } from "./run/floors.ts";
import { killAll, type RunOptions, runFiles } from "./run/parallel.ts";
import { showFile, showSlowest, showTotal, USAGE } from "./run/show.ts";

type Command = {
  readonly jobs: number;
  readonly limitMs: number;
  readonly coverage: boolean;
  readonly args: readonly string[];
};

/** Git ignores the folder. */
const COUNTS_FOLDER = `coverage/counts-${process.pid}`;
const GAPS_FILE = "coverage/gaps.txt";

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ jobs, limitMs, coverage, args }: Command): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(130);
    });
  }
  const ci = !["", "0", "false"].includes(process.env["CI"] ?? "");
  const { files, unmatched } = selectFiles(args);
  for (const arg of unmatched)
    console.log(`✘ "${arg}" names no spec: no file or folder, and no spec's path contains it`);
  if (files.length === 0) console.log("✘ There is no spec to run.");
  if (coverage) prepareCounts(COUNTS_FOLDER);
  const options: RunOptions = { jobs, limitMs, ci, ...(coverage ? { countsFolder: COUNTS_FOLDER } : {}) };
  const reports = await runFiles(files, options, (report) => console.log(showFile(report)));
  console.log(showSlowest(reports));
  const gaps = coverage ? judgeCoverage(measureCoverage("lib", COUNTS_FOLDER), args.length === 0 ? [] : files) : 0;
  const misses = unmatched.length > 0 ? unmatched.length : files.length === 0 ? 1 : 0;
  console.log(showTotal(reports, misses + gaps));
  return misses + gaps > 0 || reports.some((report) => report.failed > 0) ? 1 : 0;
}

/**
 * Prints what has been run and returns the number of rooms in which that is not enough. If only `chosen` specs ran,
 * nothing is judged: the rooms that these are about are shown with all their gaps.
 */
function judgeCoverage(rooms: readonly RoomCoverage[], chosen: readonly string[]): number {
  writeFileSync(GAPS_FILE, `${showGaps(rooms.flatMap(({ gaps }) => gaps))}\n`);
  const about = rooms.filter(({ room }) => chosen.some((file) => file.startsWith(`spec/${room}/`)));
  const shown = chosen.length > 0 ? about : rooms;
  const missed = chosen.length > 0 ? [] : showMisses(rooms);
  console.log(`\n${showCoverage(shown)}\nevery gap: ${GAPS_FILE}`);
  for (const text of missed) console.log(`\n${text}`);
  if (chosen.length > 0) console.log(showGaps(about.flatMap(({ gaps }) => gaps)));
  console.log();
  return missed.length;
}

function parseCommand(words: string[]): Command | string {
  const options = {
    jobs: { type: "string", default: "2" },
    timeout: { type: "string", default: "60000" },
    coverage: { type: "boolean", default: false },
  } as const;
  return readWords(
    USAGE,
    words,
    options,
    ({ jobs, timeout, coverage }, args) => ({
      jobs: wholeNumber("jobs", jobs),
      limitMs: wholeNumber("timeout", timeout, 1, 2 ** 31 - 1),
      coverage,
      args,
    }),
    true,
  );
}
