// A terminal on which a line at the bottom is rewritten while text goes by above it. Where there is no terminal, the
// line is written now and then instead.

import type { Writable } from "node:stream";

/** A stream that may be a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Screen {
  /** Whether the line at the bottom can be rewritten. */
  readonly live: boolean;
  /** How wide it may be. */
  columns(): number;
  /** Shows the line: in place of the one before, or, without a terminal, below it. */
  status(line: string): void;
  /** Writes something with `write`, out of the way of the line at the bottom. */
  above<T>(write: () => Promise<T>): Promise<T>;
  /** Writes a line to standard error. */
  note(line: string): void;
  /** Takes the line at the bottom away. */
  clear(): void;
}

const ERASE = "\r\u001B[K";

export function createScreen(stderr: TerminalStream, stdout: TerminalStream): Screen {
  const live = stderr.isTTY === true;
  let shown = "";
  const hide = (): void => {
    if (shown !== "") stderr.write(ERASE);
  };
  const show = (): void => {
    if (shown !== "") stderr.write(shown);
  };
  return {
    live,
    columns: () => stderr.columns ?? 80,
    status: (line) => {
      if (!live) {
        stderr.write(`${line}\n`);
        return;
      }
      hide();
      shown = line;
      show();
    },
    above: async (write) => {
      if (stdout.isTTY !== true) return write();
      hide();
      const line = shown;
      shown = "";
      try {
        return await write();
      } finally {
        if (shown === "") shown = line;
        show();
      }
    },
    note: (line) => {
      hide();
      stderr.write(`${line}\n`);
      show();
    },
    clear: () => {
      hide();
      shown = "";
    },
  };
}
