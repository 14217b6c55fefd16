// Standard output belongs to the results: alerts, problems, explanations.

import { Console } from "node:console";
import { openOutput } from "../transports/ndjson/index.ts";

/** Writes a result to standard output. A reader that went away has seen enough. @throws {TransportError} `WRITE_FAILED` */
export async function print(text: string): Promise<void> {
  const output = await openOutput("-");
  try {
    await output.write(text);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "OUTPUT_CLOSED") throw error;
  }
}

/** From now on what a user's code prints with `console` goes to standard error, where it does not get between the results. */
export function divertConsole(): void {
  globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });
}
