// Runs uvu suites so that nothing passes by accident: see spec/README.md.
import { parseArgs } from "node:util";
import { selectFiles } from "./run/files.ts";
import { killAll, runFiles } from "./run/parallel.ts";
import { showFile, showSlowest, showTotal, USAGE } from "./run/show.ts";

type Command = { readonly jobs: number; readonly limitMs: number; readonly args: readonly string[] };

const command = parseCommand(process.argv.slice(2));
if (typeof command === "string") {
  console.error(`${command}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(command);
}

async function run({ jobs, limitMs, args }: Command): Promise<number> {
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
  const reports = await runFiles(files, { jobs, limitMs, ci }, (report) => console.log(showFile(report)));
  console.log(showSlowest(reports));
  const misses = unmatched.length > 0 ? unmatched.length : files.length === 0 ? 1 : 0;
  console.log(showTotal(reports, misses));
  return misses > 0 || reports.some((report) => report.failed > 0) ? 1 : 0;
}

/** The command line, or what is wrong with it. */
function parseCommand(argv: string[]): Command | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { jobs: { type: "string", default: "2" }, timeout: { type: "string", default: "60000" } },
    });
    const jobs = Number(values.jobs);
    const limitMs = Number(values.timeout);
    if (!(Number.isInteger(jobs) && jobs > 0)) return `--jobs takes a whole number from 1 up, not "${values.jobs}".`;
    if (!(limitMs > 0 && limitMs < 2 ** 31)) return `--timeout takes milliseconds, not "${values.timeout}".`;
    return { jobs, limitMs, args: positionals };
  } catch (error) {
    return (error as Error).message;
  }
}
