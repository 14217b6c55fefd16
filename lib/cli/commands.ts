// The commands with their options, as the help shows them.

import { readFileSync } from "node:fs";
import { type CAC, cac } from "cac";

/** All commands with their options, and the help on them. */
export function describeCommands(): CAC {
  const cli = cac("sequitur");
  cli
    .command("run <service>", "Run a service: on its demo events, on files, or on standard input")
    .option(
      "--input <[topic=]path>",
      "Read events from a file of JSON lines, .gz too, or - for standard input; may be repeated",
    )
    .option("--output <path>", "Write alerts as JSON lines to a file, or - for standard output")
    .option("--late <path>", "Write events that came too late to a file")
    .option("--dead-letters <path>", "Write broken records to a file")
    .option("--json", "Print alerts as JSON lines, and the summary as JSON")
    .option("--quiet", "No progress and no summary, only alerts and errors")
    .option("--verbose", "Log what happens inside, and show stacks of errors")
    .example("  $ sequitur run service.ts")
    .example("  $ sequitur run service.ts --input events.ndjson.gz --output alerts.ndjson --late late.ndjson")
    .example("  $ zcat events.ndjson.gz | sequitur run service.ts --input - --json | jq .");
  cli
    .command("check <service>", "List everything that is wrong with a service and its patterns")
    .option("--strict", "Warnings count as errors")
    .option("--json", "Print the problems as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur check service.ts")
    .example("  $ sequitur check pattern.json --strict");
  cli
    .command("explain <file> [pattern]", "Say what patterns mean, how they are matched, and what bounds their state")
    .option("--dot", "Print the automaton for Graphviz")
    .option("--json", "Print everything as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur explain service.ts card-testing")
    .example("  $ sequitur explain pattern.json --dot | dot -Tsvg > pattern.svg");
  cli
    .command("init <folder>", "Make a project with a pattern, its test, and a service that runs at once")
    .option("--from <path>", "Depend on a packed tarball or a folder instead of the registry")
    .option("--force", "Write into a folder that is not empty, over files of the same name")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur init my-rules");
  return cli
    .help((sections) => [...sections.map(tidied), { title: "Exit codes", body: EXIT_CODES }])
    .version(versionOf());
}

const EXIT_CODES = `  0    all went well, or it was stopped with Ctrl-C
  1    the work failed after it had begun
  2    a wrong option, file, setting or pattern; nothing was done
  130  it was told to stop twice`;

function tidied(section: { title?: string; body: string }): { title?: string; body: string } {
  const body = section.body.replaceAll(/[ ]+$/gm, "");
  return section.title === undefined ? { body } : { title: section.title, body };
}

/** The version of the running package. */
function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
