// Folders with a user's files in them, outside the repository, as users have them.

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Project = {
  readonly folder: string;
  /** Writes a file and returns its path. */
  readonly write: (path: string, content: string | Uint8Array) => string;
  /** Files directly in the folder, hidden ones too. */
  readonly list: () => readonly string[];
  readonly remove: () => void;
};

export function createProject(files: Readonly<Record<string, string>> = {}): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sequitur-cli-")));
  const write = (path: string, content: string | Uint8Array): string => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    folder,
    write,
    list: () => readdirSync(folder).sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
