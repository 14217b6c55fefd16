// The pages over a service: what health says through its life, and what the server answers to those who mean no good.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, TransportError } from "../../lib/core/errors.ts";
import { openHttp } from "../../lib/service/http.ts";
import { type HttpOptions, type HttpPages, serveHttp } from "../../lib/service/index.ts";
import { allowMs } from "../run/ask.ts";
import { events, handSink, handSource, manualClock, place, settle, start } from "../runtime/engine-kit.ts";
import { readExposition, valueIn } from "./exposition.ts";

allowMs(20_000);

const it = suite("http");
const TOKEN = "0123456789abcdef";

const open: HttpPages[] = [];
it.after.each(async () => {
  for (const pages of open.splice(0)) await pages.close();
});

async function serve(options: Partial<HttpOptions> = {}, running = start({ source: handSource(), sink: handSink() })) {
  const pages = await serveHttp(running.engine, { app: "app", port: 0, ...options });
  open.push(pages);
  return { ...pages, engine: running.engine };
}

type Got = { readonly status: number; readonly text: string; readonly headers: IncomingHttpHeaders };

/** Asks as no library would: any method, path and headers. */
function ask(url: string, path: string, method = "GET", headers: Record<string, string> = {}, body = ""): Promise<Got> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => {
        text += more;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    asked.on("error", reject).end(body);
  });
}

/** A connection that says `text`, and what comes back until it is closed. */
function talk(url: string, text: string): { readonly socket: Socket; readonly closed: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let said = "";
  socket.setEncoding("utf8").on("data", (more: string) => {
    said += more;
  });
  socket.on("error", () => {});
  socket.write(text);
  return { socket, closed: new Promise((resolve) => socket.on("close", () => resolve(said))) };
}

async function refused(code: string, says: RegExp, options: Partial<HttpOptions>): Promise<void> {
  try {
    await openHttp({ app: "app", port: 0, ...options });
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.is((error as ConfigError).code, code);
    assert.match((error as ConfigError).message, says);
    assert.not.match((error as ConfigError).message, new RegExp(TOKEN));
    return;
  }
  assert.unreachable(`${code} was expected`);
}

const health = async (url: string): Promise<readonly string[]> => {
  const pages = [await ask(url, "/healthz"), await ask(url, "/readyz")];
  return pages.map(({ status, text }) => `${status} ${text.trim()}`);
};

it("health follows the service through its life", async () => {
  let letStart = (): void => {};
  let sinkWorks = true;
  const clock = manualClock();
  const source = handSource({
    start: async (_, handler) => {
      source.handler = handler;
      await new Promise<void>((resolve) => {
        letStart = resolve;
      });
    },
  });
  const sink = handSink(async () => {
    if (!sinkWorks) throw new TransportError("AWAY", "The sink is away.", { retriable: true });
  });
  const { url, engine } = await serve({}, start({ source, sink, clock }));
  await settle();
  assert.equal(await health(url), ["200 ok", "503 starting"]);
  letStart();
  await settle();
  assert.equal(await health(url), ["200 ok", "503 waiting for partitions, or for their state"]);
  source.handler.onAssigned([]);
  assert.equal(await health(url), ["200 ok", "200 ready"], "a member without partitions does its work");
  source.handler.onAssigned([place]);
  sinkWorks = false;
  source.handler.onBatch({ ...place, records: events(1), caughtUp: true });
  await settle();
  assert.equal(await health(url), ["200 ok", "503 degraded"]);
  sinkWorks = true;
  await clock.advance(5_000);
  assert.equal(await health(url), ["200 ok", "200 ready"]);
  source.handler.onBatch({ ...place, records: events(1, 1), caughtUp: true });
  sinkWorks = false;
  const stopped = engine.stop();
  await settle();
  assert.equal(await health(url), ["200 ok", "503 stopping"]);
  sinkWorks = true;
  await clock.advance(5_000);
  await stopped;
  assert.equal(await health(url), ["200 ok", "503 stopped"]);
});

it("a service that failed is not healthy, and can still be looked at", async () => {
  const source = handSource();
  const { url, engine } = await serve({}, start({ source, sink: handSink() }));
  await settle();
  source.handler.onFailure(new Error("gone"));
  await engine.done.catch(() => {});
  assert.equal(await health(url), ["503 failed", "503 failed"]);
  const { status, text } = await ask(url, "/metrics");
  assert.is(status, 200);
  assert.is(valueIn(readExposition(text), "sequitur_state", { state: "failed" }), 1);
});

it("opened before the service is there, it is alive and not ready", async () => {
  const pages = await openHttp({ app: "app", port: 0 });
  open.push(pages);
  assert.equal(await health(pages.url), ["200 ok", "503 starting"]);
  assert.equal((await ask(pages.url, "/metrics")).status, 503);
  pages.watch(start({ source: handSource(), sink: handSink() }).engine);
  await settle();
  assert.equal(await health(pages.url), ["200 ok", "200 ready"]);
});

it("the metrics are those of the service", async () => {
  const source = handSource({ endOf: () => 9n });
  const { url, engine } = await serve({ app: "doors" }, start({ source, sink: handSink() }));
  await settle();
  source.handler.onBatch({ ...place, records: events(4), caughtUp: false });
  await settle();
  const { text, headers } = await ask(url, "/metrics");
  const families = readExposition(text);
  assert.is(valueIn(families, "sequitur_records_total", { topic: "in", verdict: "onTime" }), 4);
  assert.is(valueIn(families, "sequitur_partition_lag_records", { topic: "in", partition: "0" }), 5);
  assert.is(valueIn(families, "sequitur_lane_state", { partition: "0", state: "catchingUp" }), 1);
  assert.is(families.get("sequitur_build_info")?.samples[0]?.labels.get("app"), "doors");
  assert.match(String(families.get("sequitur_build_info")?.samples[0]?.labels.get("version")), /^\d+\.\d+\.\d+/);
  assert.equal(
    [headers["content-type"], headers["cache-control"], headers["x-content-type-options"]],
    ["text/plain; version=0.0.4; charset=utf-8", "no-store", "nosniff"],
  );
  await engine.stop();
});

it("answers GET and HEAD of three paths, and nothing else", async () => {
  const { url } = await serve();
  await settle();
  for (const path of ["/metrics", "/healthz", "/readyz"]) {
    const [got, head] = [await ask(url, path), await ask(url, path, "HEAD")];
    assert.equal([got.status, head.status, head.text], [200, 200, ""], path);
    if (path !== "/metrics") assert.is(head.headers["content-length"], String(got.text.length));
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]) {
      const { status, headers, text } = await ask(url, path, method);
      assert.equal([status, headers.allow, text], [405, "GET, HEAD", "only GET and HEAD are answered\n"], method);
    }
  }
  assert.is((await ask(url, "/healthz?probe=1")).status, 200);
  const paths = ["/", "//", "/metrics/", "/METRICS", "/metrics%00", "/%6detrics", "/../../etc/passwd", "/.env", "*"];
  for (const path of [...paths, "/metrics/../healthz", "http://elsewhere/metrics", "/constructor", "/__proto__"]) {
    const { status, text } = await ask(url, path);
    assert.equal([status, text], [404, "there are /metrics, /healthz and /readyz\n"], path);
  }
});

it("takes no bodies", async () => {
  const { url } = await serve();
  for (const headers of [{ "content-length": "3" }, { "transfer-encoding": "chunked" }]) {
    const got = await ask(url, "/healthz", "GET", headers, "abc");
    assert.equal([got.status, got.headers.connection], [413, "close"]);
  }
});

it("refuses heads that are too long or no HTTP, and closes the connection", async () => {
  const { url } = await serve();
  const long = "x".repeat(20_000);
  assert.match(await talk(url, `GET /${long} HTTP/1.1\r\nHost: localhost\r\n\r\n`).closed, /^HTTP\/1.1 431 /);
  assert.match(await talk(url, `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${long}\r\n\r\n`).closed, /^HTTP\/1.1 431 /);
  assert.match(await talk(url, "hello\r\n\r\n").closed, /^HTTP\/1.1 400 /);
  assert.match(await talk(url, "GET /healthz HTTP/1.1\r\n\r\n").closed, /^HTTP\/1.1 400 /, "without a host");
  assert.match(await talk(url, "GET /healthz HTTP/1.0\r\n\r\n").closed, /^HTTP\/1.1 200 /);
  assert.is(await talk(url, "CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere\r\n\r\n").closed, "");
  assert.equal(await health(url), ["200 ok", "200 ready"]);
});

it("waits no longer than some seconds for a head", async () => {
  const { url } = await serve();
  const from = Date.now();
  const { closed } = talk(url, "GET /healthz HTTP/1.1\r\nHost: local");
  assert.match(await closed, /^HTTP\/1.1 408 /);
  assert.ok(Date.now() - from < 9_000);
});

it("has no more than 64 connections", async () => {
  const { url } = await serve();
  const talks = Array.from({ length: 64 }, () => talk(url, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await Promise.all(talks.map(({ socket }) => new Promise((resolve) => socket.once("data", resolve))));
  assert.is(await talk(url, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").closed, "", "the next is dropped");
  for (const { socket } of talks) socket.destroy();
  await settle();
  assert.equal(await health(url), ["200 ok", "200 ready"]);
});

it("closes while others hold connections, and is gone then", async () => {
  const { url, close } = await serve();
  const held = talk(url, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal");
  await new Promise((resolve) => held.socket.once("data", resolve));
  const from = Date.now();
  await close();
  await held.closed;
  assert.ok(Date.now() - from < 3_000);
  await ask(url, "/healthz").then(
    () => assert.unreachable("nobody should answer"),
    (error: NodeJS.ErrnoException) => assert.is(error.code, "ECONNREFUSED"),
  );
});

it("a browser on this machine cannot be made to ask under another name", async () => {
  const { url } = await serve();
  const { port } = new URL(url);
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "[::1",
  ]) {
    const { status } = await ask(url, "/metrics", "GET", { host });
    assert.is(status, 403, host);
  }
  for (const host of ["localhost", `localhost:${port}`, `127.0.0.1:${port}`, "[::1]:9464", "10.1.2.3"])
    assert.is((await ask(url, "/metrics", "GET", { host })).status, 200, host);
});

it("with a token, only who has it reads the metrics; health is open", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sequitur-http-"));
  const file = join(folder, "token");
  writeFileSync(file, `${TOKEN}\n`);
  process.env["SPEC_HTTP_TOKEN"] = TOKEN;
  for (const token of [TOKEN, { file }, { env: "SPEC_HTTP_TOKEN" }]) {
    const { url } = await serve({ host: "0.0.0.0", token });
    await settle();
    const metrics = async (authorization?: string): Promise<Got> =>
      ask(url.replace("0.0.0.0", "127.0.0.1"), "/metrics", "GET", authorization === undefined ? {} : { authorization });
    for (const wrong of [
      undefined,
      "",
      TOKEN,
      "Bearer",
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      "Bearer 0123456789abcdeF",
    ]) {
      const { status, headers, text } = await metrics(wrong);
      assert.equal([status, headers["www-authenticate"]], [401, "Bearer"], String(wrong));
      assert.not.match(text, new RegExp(TOKEN));
    }
    assert.is((await metrics(`Bearer ${TOKEN}`)).status, 200);
    assert.equal(await health(url.replace("0.0.0.0", "127.0.0.1")), ["200 ok", "200 ready"]);
  }
  rmSync(folder, { recursive: true });
  delete process.env["SPEC_HTTP_TOKEN"];
});

it("what cannot be served is refused, with a remedy", async () => {
  const { url } = await serve();
  const port = Number(new URL(url).port);
  await refused("HTTP_PORT_IN_USE", /127\.0\.0\.1, port \d+: another process does\. Give it another port/, { port });
  await refused("HTTP_PORT", /is 65536: give a whole number/, { port: 65_536 });
  await refused("HTTP_PORT", /is NaN: give/, { port: Number.NaN });
  await refused("HTTP_ADDRESS", /no such address/, { host: "192.0.2.1", token: TOKEN });
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.com", "127.evil.example"])
    await refused("HTTP_TOKEN_MISSING", /they need a token/, { host });
  await refused("HTTP_TOKEN_SHORT", /at least 16 characters/, { token: TOKEN.slice(1) });
  await refused("HTTP_TOKEN_SHORT", /has blanks/, { token: `${TOKEN} ${TOKEN}` });
  await refused("HTTP_TOKEN_FILE", /cannot be read from nowhere \(ENOENT\)/, { token: { file: "nowhere" } });
  await refused("MISSING_ENV", /SPEC_NO_TOKEN/, { token: { env: "SPEC_NO_TOKEN" } });
});

it("a picture that cannot be taken is told without what is inside, and logged", async () => {
  const logged: string[] = [];
  const broken = {
    metrics: () => {
      throw new Error("inside");
    },
    health: () => ({ state: "running", assigned: true }) as const,
  };
  const pages = await serveHttp(broken, { app: "a", port: 0, log: (level, text) => logged.push(`${level} ${text}`) });
  open.push(pages);
  const { status, text } = await ask(pages.url, "/metrics");
  assert.equal([status, text], [500, "the page could not be made\n"]);
  assert.equal(logged, ["info metrics and health are served", "error the metrics could not be made"]);
});

it.run();
