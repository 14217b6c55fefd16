// What the editor shows of patterns: asked of the compiler's own language server, where the arrows of the fixture point.
// And what the compiler writes of an exported pattern, since that is what users of a user's package see.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const it = suite("hovers in the editor");

const FIXTURE = fileURLToPath(new URL("../fixtures/editor-hovers/card-testing.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const ARROW = /^\/\/ *\^\? (.*)$/;

const text = readFileSync(FIXTURE, "utf8");
const lines = text.split("\n");
const arrows = lines.flatMap((line, index) => {
  const shown = ARROW.exec(line)?.[1];
  if (shown === undefined) return [];
  let above = index - 1;
  while (ARROW.test(lines[above] ?? "")) above -= 1;
  return [{ shown, line: above, character: line.indexOf("^?") }];
});

let hovers: readonly string[] = [];
it.before(async () => {
  hovers = await askForHovers();
});

for (const [index, { shown, line, character }] of arrows.entries()) {
  it(`line ${line + 1}, column ${character + 1}: ${shown.slice(0, 60)}`, () => assert.is(hovers[index], shown));
}

it("an exported pattern can be named in declarations, by the public entry alone", async () => {
  const out = mkdtempSync(join(tmpdir(), "sequitur-declarations-"));
  const flags = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", ROOT, "--outDir", out];
  await promisify(execFile)(process.execPath, [TSC, "-p", join(FIXTURE, ".."), ...flags], { timeout: 60_000 });
  const written = readFileSync(join(out, "spec/fixtures/editor-hovers/card-testing.d.ts"), "utf8");
  rmSync(out, { recursive: true });
  assert.match(written, 'cardTesting: import("sequitur").Ended<CardEvent, {\n    readonly cashOut: Charge;');
  assert.match(written, 'open: import("sequitur").Step<"pattern", CardEvent, ');
  assert.not.match(written, /lib\/pattern/);
});

it.run();

/** Starts the language server, asks for each arrow, and ends it. */
async function askForHovers(): Promise<readonly string[]> {
  const server = spawn(process.execPath, [TSC, "--lsp", "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const waiting = new Map<unknown, (result: unknown) => void>();
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const ask = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      send({ id, method, params });
    });
  readMessages(server.stdout, ({ id, method, result }) => {
    if (method === undefined) waiting.get(id)?.(result);
    else if (id !== undefined) send({ id, result: null });
  });
  try {
    const textDocument = { uri: pathToFileURL(FIXTURE).href, languageId: "typescript", version: 1, text };
    const contentFormat = ["plaintext"];
    await ask("initialize", {
      processId: null,
      rootUri: null,
      capabilities: { textDocument: { hover: { contentFormat } } },
    });
    send({ method: "initialized", params: {} });
    send({ method: "textDocument/didOpen", params: { textDocument } });
    const answers: string[] = [];
    for (const { line, character } of arrows) {
      const answer = await ask("textDocument/hover", { textDocument, position: { line, character } });
      const { contents } = (answer ?? {}) as { readonly contents?: { readonly value: string } };
      answers.push((contents?.value ?? "nothing").replaceAll(/\s+/g, " "));
    }
    return answers;
  } finally {
    server.kill();
    await new Promise((resolve) => server.once("close", resolve));
  }
}

type Message = { readonly id?: unknown; readonly method?: string; readonly result?: unknown };

/** Cuts a stream into messages: each has its length in bytes in a header. */
function readMessages(stream: NodeJS.ReadableStream, take: (message: Message) => void): void {
  let unread: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let header = unread.indexOf("\r\n\r\n"); header >= 0; header = unread.indexOf("\r\n\r\n")) {
      const lengthBytes = Number(/Content-Length: (\d+)/i.exec(unread.subarray(0, header).toString())?.[1]);
      const end = header + 4 + lengthBytes;
      if (unread.length < end) return;
      take(JSON.parse(unread.subarray(header + 4, end).toString()) as Message);
      unread = unread.subarray(end);
    }
  });
}
