// What a real broker showed in each scenario, kept as a text: the model is held against it where no broker can be.
import { readFileSync } from "node:fs";

/** Beside it `record.ts`, which writes it anew. */
export const RECORDED_FILE: URL = new URL("../../fixtures/simulation/transcripts.txt", import.meta.url);

export type Transcripts = ReadonlyMap<string, readonly string[]>;

const HEADING = "# ";

/** A heading for each scenario, then its lines. */
export function transcriptsText(transcripts: Transcripts): string {
  return [...transcripts].map(([name, lines]) => [`${HEADING}${name}`, ...lines, ""].join("\n")).join("\n");
}

export function readTranscripts(text: string = readFileSync(RECORDED_FILE, "utf8")): Transcripts {
  const sections = text.split(/^# /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [name = "", ...lines] = section.split("\n").filter((line) => line !== "");
      return [name, lines];
    }),
  );
}
