// Results as tables, in Markdown that can be read as it stands.

import type { OpenKeysRow } from "./open-keys.ts";
import type { Row } from "./turns.ts";
import { workloadOf } from "./workloads.ts";

/** Rows of cells with columns as wide as they have to be; the first row is the head. Numbers stand right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 3));
  const isRight = head.map((_, column) => body.every((row) => /^[\d,.–×]*( ms)?$/.test(row[column] ?? "")));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (isRight[column] ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (isRight[column] ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

/** One line for each workload and contender. */
export function speedTable(rows: readonly Row[]): string {
  const head = [
    "workload",
    "contender",
    "events/s",
    "least–most",
    "ns/event",
    "of by hand",
    "longest pause",
    "matches",
  ];
  return aligned([
    head,
    ...rows.map((row) => [
      row.workload,
      row.contender,
      count(row.eventsPerSecond),
      `${count(row.least)}–${count(row.most)}`,
      nanoseconds(row),
      share(row.ofByHand),
      row.longestPauseMs === null ? "" : `${row.longestPauseMs.toFixed(1)} ms`,
      matchesText(row),
    ]),
  ]);
}

function matchesText({ matches, fed, stopped, differsBecause }: Row): string {
  const until = stopped === null ? "" : `, stopped in the ${stopped} after ${count(fed)} events`;
  return `${count(matches)}${differsBecause === null ? "" : " ≠"}${until}`;
}

/** What grows from one workload to the next, and what an event then costs. */
const AXES: readonly {
  readonly grows: string;
  readonly along: readonly (readonly [size: string, workload: string])[];
}[] = [
  {
    grows: "open runs, an event that concerns none",
    along: [
      ["16", "W4-2"],
      ["104", "W4-13"],
      ["1,000", "W4-125"],
      ["10,000", "W4-1250"],
      ["100,000", "W4-12500"],
    ],
  },
  {
    grows: "window, events",
    along: [
      ["100", "W8-100"],
      ["1,000", "W8-1000"],
      ["10,000", "W8-10000"],
    ],
  },
  {
    grows: "steps",
    along: [
      ["3", "W8k3"],
      ["5", "W8k5"],
      ["7", "W8k7"],
      ["9", "W8-1000"],
    ],
  },
  {
    grows: "open runs, equal values",
    along: [
      ["1,000", "W9-20"],
      ["50,000", "W9-1000"],
      ["100,000", "W9-2000"],
    ],
  },
  {
    grows: "events in the window, three of one value",
    along: [
      ["1,000", "W12-100"],
      ["10,000", "W12-1000"],
    ],
  },
  {
    grows: "open runs, larger values",
    along: [
      ["1,000", "W10-100"],
      ["10,000", "W10-1000"],
      ["100,000", "W10-10000"],
    ],
  },
  {
    grows: "patterns, one of ten concerned",
    along: [
      ["10", "W11s-10"],
      ["100", "W11s-100"],
      ["1,000", "W11s-1000"],
    ],
  },
];

/** How the cost of an event grows along each axis of which two workloads were run; empty if there is none. */
export function growthTable(rows: readonly Row[]): string {
  const contenders = [...new Set(rows.map(({ contender }) => contender))];
  const lines = AXES.flatMap(({ grows, along }) =>
    contenders.flatMap((contender) => {
      const found = along.flatMap(([size, workload]) => {
        const row = rows.find((each) => each.workload === workload && each.contender === contender);
        return row === undefined ? [] : [{ size, row }];
      });
      const [first, last] = [found[0], found.at(-1)];
      if (first === undefined || last === undefined || first === last) return [];
      const growth = first.row.eventsPerSecond / last.row.eventsPerSecond;
      const costs = found.map(({ size, row }) => `${size}: ${nanoseconds(row)}${inWarmPart(row)}`).join(" · ");
      return [[grows, contender, costs, `×${growth < 10 ? growth.toFixed(1) : count(Math.round(growth))}`]];
    }),
  );
  return lines.length === 0 ? "" : aligned([["what grows", "contender", "ns/event", "first to last"], ...lines]);
}

export function openKeysTable(rows: readonly OpenKeysRow[]): string {
  const ms = (value: number | null): string => (value === null ? "" : `${value.toFixed(0)} ms`);
  return aligned([
    [
      "W7",
      "bytes for each open key",
      "of these its event",
      "save a million keys",
      "longest slice",
      "bytes saved of each",
      "restore them",
    ],
    ...rows.map((row) => [
      row.contender,
      count(row.bytesPerKey),
      count(row.bytesPerEvent),
      ms(row.saveMs),
      ms(row.longestMs),
      row.savedBytes === null ? "" : count(row.savedBytes),
      ms(row.restoreMs),
    ]),
  ]);
}

/** What the names of the workloads stand for. */
export function legend(names: readonly string[]): string {
  return names.map((name) => `${name.padEnd(10)} ${workloadOf(name)?.says ?? ""}`).join("\n");
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function nanoseconds({ eventsPerSecond }: Row): string {
  const value = 1e9 / eventsPerSecond;
  return value < 100 ? value.toFixed(1) : count(Math.round(value));
}

/** Who did not come further has seen windows that were not full. */
function inWarmPart({ stopped }: Row): string {
  return stopped === "warm part" ? " (warm part)" : "";
}

function share(value: number): string {
  return value < 0.01 ? value.toPrecision(1) : value.toFixed(2);
}
