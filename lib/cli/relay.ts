// Passes on what another process prints, line by line, with its number.

import type { Readable } from "node:stream";

/** Longest line that is kept together; a longer one comes in pieces. */
const MAX_LINE = 1_000_000;

/** Calls `write` with each line of `from`, without its break; the last one need not have one. */
export function eachLine(from: Readable, write: (line: string) => void): void {
  let rest = "";
  from.setEncoding("utf8");
  from.on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) write(line);
    if (rest.length > MAX_LINE) {
      write(rest);
      rest = "";
    }
  });
  from.on("end", () => {
    if (rest !== "") write(rest);
  });
  from.on("error", () => {}); // the process is gone; its end is told elsewhere
}

/** The line with the number of its process: in front of a text, in a field of an object in JSON. */
export function numbered(line: string, number: number): string {
  const object = line.startsWith("{") ? parsed(line) : null;
  return object === null ? `[${number}] ${line}` : JSON.stringify({ process: number, ...object });
}

function parsed(line: string): object | null {
  try {
    return JSON.parse(line) as object;
  } catch {
    return null;
  }
}
