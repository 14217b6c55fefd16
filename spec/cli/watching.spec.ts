// Which form the log of a run has, and where its pages are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createScreen } from "../../lib/cli/screen.ts";
import { logFormatOf, openNotes, openPages, type WatchOptions } from "../../lib/cli/watching.ts";
import { ConfigError } from "../../lib/core/errors.ts";

const it = suite("cli/watching");

const NOTHING: WatchOptions = { log: null, logLevel: null, httpPort: null, httpHost: null, httpTokenFile: null };
const STYLE = { verbose: false, quiet: false, json: false };
const LEVELS = ["debug", "info", "notice", "warn", "error"] as const;

async function refused(code: string, says: RegExp, act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.is((error as ConfigError).code, code);
    assert.match((error as ConfigError).message, says);
    return;
  }
  assert.unreachable(`${code} was expected`);
}

it("is JSON where a service runs and nobody looks, or where that is asked for", async () => {
  for (const onKafka of [true, false])
    for (const isTerminal of [true, false]) {
      assert.is(logFormatOf(NOTHING, onKafka, isTerminal), onKafka && !isTerminal ? "json" : "text");
      for (const log of ["json", "text"]) assert.is(logFormatOf({ ...NOTHING, log }, onKafka, isTerminal), log);
    }
  await refused("BAD_LOG", /--log jsn: there are json, text\. Did you mean json\?/, () =>
    logFormatOf({ ...NOTHING, log: "jsn" }, true, true),
  );
});

/** What is heard of one line of each level. */
async function heard(format: "json" | "text", logLevel: string | null, style = STYLE): Promise<readonly string[]> {
  const lines: string[] = [];
  const screen = { ...createScreen(process.stderr, process.stdout), note: (line: string) => lines.push(line) };
  const notes = await openNotes(screen, { ...style, logLevel }, "app", format);
  for (const level of LEVELS) notes(level, `said ${level}`);
  return lines;
}

const levelsIn = (lines: readonly string[]): readonly unknown[] =>
  lines.map((line) => (/said (\w+)/.exec(line) ?? [])[1]);

it("lets through what is asked for", async () => {
  const table: readonly (readonly ["json" | "text", string | null, typeof STYLE, readonly string[]])[] = [
    ["text", null, STYLE, ["notice", "warn"]],
    ["text", null, { ...STYLE, quiet: true }, []],
    ["text", null, { ...STYLE, verbose: true }, [...LEVELS]],
    ["text", "error", STYLE, ["notice", "error"]],
    ["text", "info", STYLE, ["info", "notice", "warn", "error"]],
    ["json", null, STYLE, ["info", "notice", "warn", "error"]],
    ["json", null, { ...STYLE, quiet: true }, ["error"]],
    ["json", null, { ...STYLE, verbose: true }, [...LEVELS]],
    ["json", "warn", { ...STYLE, verbose: true }, ["warn", "error"]],
  ];
  for (const [format, level, style, wanted] of table)
    assert.equal(levelsIn(await heard(format, level, style)), wanted, `${format} ${level} ${JSON.stringify(style)}`);
  await refused("BAD_LOG", /--log-level wran: there are debug, info, warn, error\. Did you mean warn\?/, () =>
    heard("json", "wran"),
  );
});

it("its lines of JSON name the app and the process", async () => {
  const [line = ""] = await heard("json", "info");
  const { level, app, instance, msg } = JSON.parse(line) as Record<string, unknown>;
  assert.equal([level, app, msg], ["info", "app", "said info"]);
  assert.match(String(instance), new RegExp(`:${process.pid}$`));
});

it("has pages where a port is given, in the command or in the environment", async () => {
  const urls: unknown[] = [];
  const open = async (options: Partial<WatchOptions>): Promise<boolean> => {
    const pages = await openPages({ ...NOTHING, ...options }, "app", (_, __, fields) => urls.push(fields?.["url"]));
    await pages?.close();
    return pages !== null;
  };
  assert.is(await open({}), false);
  assert.is(await open({ httpPort: "0" }), true);
  process.env["SEQUITUR_HTTP_PORT"] = "0";
  process.env["SEQUITUR_HTTP_HOST"] = "0.0.0.0";
  try {
    await refused("HTTP_TOKEN_MISSING", /--http-token-file/, () => open({}));
    process.env["SEQUITUR_HTTP_TOKEN"] = "0123456789abcdef";
    assert.is(await open({}), true);
    assert.is(await open({ httpHost: "127.0.0.1" }), true);
    await refused("HTTP_TOKEN_FILE", /cannot be read from nowhere/, () => open({ httpTokenFile: "nowhere" }));
  } finally {
    for (const name of ["PORT", "HOST", "TOKEN"]) delete process.env[`SEQUITUR_HTTP_${name}`];
  }
  assert.equal(
    urls.map((url) => String(url).replace(/\d+$/, "")),
    ["http://127.0.0.1:", "http://0.0.0.0:", "http://127.0.0.1:"],
  );
  for (const httpPort of ["", "x", "-1", "65536", "0x10", "9464 ", "1e3"])
    await refused("BAD_PORT", /give a whole number/, () => open({ httpPort }));
  await refused("NO_HTTP", /--http-host says how .* add --http-port 9464/, () => open({ httpHost: "0.0.0.0" }));
  await refused("NO_HTTP", /--http-token-file says how/, () => open({ httpTokenFile: "x" }));
});

it.run();
