// A small HTTP server for a few pages of text that only machines read. It takes nothing from those who ask but a path: no
// bodies, no parameters, no files. Every length, count and wait is bounded, so that nobody who can reach it can tie it up.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError, SequiturError } from "../core/errors.ts";
import type { Clock } from "../time/clock.ts";

/** An answer. */
export type Page = {
  readonly status: number;
  /** Default: plain text. */
  readonly contentType?: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ListenerOptions = {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly clock: Clock;
  /** Answers a GET of `path`; what it throws becomes a 500 without details. */
  readonly answer: (path: string, request: Asked) => Promise<Page>;
};

/** What of a request decides beside its path; as it was sent. */
export type Asked = { readonly host: string | undefined; readonly authorization: string | undefined };

/** An open server. It does not keep the process alive. */
export interface Listener {
  /** Where it is reached: `http://127.0.0.1:9464`. */
  readonly url: string;
  /** Takes no more; what is being answered gets a second for it. Resolves when every connection is closed. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 8_192;
const MAX_HEADERS = 64;
const MAX_CONNECTIONS = 64;
/** For the head of a request, for all of it, and between two on one connection. */
const TIMEOUT_MS = 5_000;
/** Without a byte in either direction. */
const SILENCE_MS = 10_000;
const CLOSE_WITHIN_MS = 1_000;

/** Opens it. @throws {ConfigError} `HTTP_PORT_IN_USE`, `HTTP_NOT_ALLOWED`, `HTTP_ADDRESS` */
export async function listen({ host, port, clock, answer }: ListenerOptions): Promise<Listener> {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      keepAliveTimeout: TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      pageFor(request, answer).then(
        (page) => send(page, request, response),
        () => response.destroy(),
      );
    },
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = SILENCE_MS;
  server.on("connection", (socket) => socket.unref());
  await open(server, host, port);
  server.unref();
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: () => close(server, clock),
  };
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(notOpened(error, host, port)));
    server.listen({ host, port }, () => resolve());
  });
}

function close(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(CLOSE_WITHIN_MS, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function pageFor(request: IncomingMessage, answer: ListenerOptions["answer"]): Promise<Page> {
  const { method, url = "", headers } = request;
  if (headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0") {
    return { status: 413, text: "requests with a body are not taken", headers: { connection: "close" } };
  }
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, text: "only GET and HEAD are answered", headers: { allow: "GET, HEAD" } };
  }
  try {
    const [path = ""] = url.split("?", 1);
    return await answer(path, { host: headers.host, authorization: headers.authorization });
  } catch (error) {
    const code = error instanceof SequiturError ? `: ${error.code}` : "";
    return { status: 500, text: `the page could not be made${code}` };
  }
}

function send({ status, text, contentType, headers }: Page, request: IncomingMessage, response: ServerResponse): void {
  const bytes = Buffer.from(text.endsWith("\n") ? text : `${text}\n`);
  response.writeHead(status, {
    "content-type": contentType ?? "text/plain; charset=utf-8",
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function notOpened(error: NodeJS.ErrnoException, host: string, port: number): ConfigError {
  const what = `The HTTP server for metrics cannot listen on ${host}, port ${port}: `;
  const options = { cause: error };
  switch (error.code) {
    case "EADDRINUSE":
      return new ConfigError(
        "HTTP_PORT_IN_USE",
        `${what}another process does. Give it another port, or 0 for any that is free.`,
        options,
      );
    case "EACCES":
      return new ConfigError(
        "HTTP_NOT_ALLOWED",
        `${what}this user may not. Give it a port from 1024, or 0 for any that is free.`,
        options,
      );
    default:
      return new ConfigError(
        "HTTP_ADDRESS",
        `${what}this machine has no such address (${error.code}). Give it one of its own, such as 127.0.0.1.`,
        options,
      );
  }
}
