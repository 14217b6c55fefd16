// How much of lib the specs have to run.
import type { Gap, RoomCoverage, Share } from "./coverage.ts";

/** Percentages of code lines and of branches that a room has to reach: raise them when there is more, never lower them. */
export type Floor = { readonly lines: number; readonly branches: number };

/** The rooms that decide what a match is. */
const CORE: readonly string[] = ["core", "time", "pattern", "event", "automaton", "matching"];

export function floorOf(room: string): Floor {
  return CORE.includes(room) ? { lines: 100, branches: 98 } : { lines: 95, branches: 90 };
}

/** For each room below its floor, what it takes and what is missing. */
export function showMisses(rooms: readonly RoomCoverage[]): readonly string[] {
  return rooms.flatMap(({ room, lines, branches, gaps }) => {
    const floor = floorOf(room);
    if (percent(lines) >= floor.lines && percent(branches) >= floor.branches) return [];
    const wanted = `${floor.lines} % of its lines and ${floor.branches} % of its branches`;
    return [`✘ coverage of ${room}: specs have to run ${wanted}. What they do not run:\n${showGaps(gaps)}`];
  });
}

/** One line for each gap. */
export function showGaps(gaps: readonly Gap[]): string {
  return gaps
    .map(({ file, line, column, text }) => {
      const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
      return `    ${file}:${line}:${column}  ${start}`;
    })
    .join("\n");
}

/** All rooms as a table. */
export function showCoverage(rooms: readonly RoomCoverage[]): string {
  const rows = rooms.map(({ room, lines, branches }) => [room, showShare(lines), showShare(branches)]);
  return [["coverage", "lines", "branches"], ...rows]
    .map(([room = "", ...cells]) => room.padEnd(12) + cells.map((cell) => cell.padStart(10)).join(""))
    .join("\n");
}

function percent({ run, all }: Share): number {
  return all === 0 ? 100 : (100 * run) / all;
}

/** Rounded down: 100 means all. */
function showShare(share: Share): string {
  return `${(Math.floor(10 * percent(share)) / 10).toFixed(1)} %`;
}
