// Who may read the pages. On the addresses of this machine: who is on it, though not through a web page in its browser. On
// others: who has the token; health is one word and open to all, since those who ask for it seldom can keep a secret.

import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { ConfigError } from "../core/errors.ts";
import type { Secret } from "../transports/kafka/options.ts";
import { env } from "./env.ts";
import type { Asked, Page } from "./http-listener.ts";

/** Says why a request is not answered; `null`: it is. */
export type Access = (path: string, asked: Asked) => Page | null;

const MIN_TOKEN_CHARACTERS = 16;
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** @throws {ConfigError} `HTTP_TOKEN_MISSING`, `HTTP_TOKEN_SHORT`, `HTTP_TOKEN_FILE`, `MISSING_ENV` */
export function createAccess(host: string, token: Secret | undefined): Access {
  if (token === undefined) {
    if (isLoopback(host)) return refuseForeignNames;
    throw new ConfigError(
      "HTTP_TOKEN_MISSING",
      `On ${host} the metrics can be reached from other machines, so they need a token: give one as { env } or { file } ` +
        "(--http-token-file <path>), or listen on 127.0.0.1.",
    );
  }
  const digest = digestOf(readToken(token));
  return (path, { authorization = "" }) => {
    const [, given = ""] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (OPEN_PATHS.has(path) || timingSafeEqual(digest, digestOf(given))) return null;
    const text = "this page needs the token: Authorization: Bearer <token>";
    return { status: 401, text, headers: { "www-authenticate": "Bearer" } };
  };
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** A browser on this machine can be made to ask for any name that leads here; but not to ask for this machine itself. */
function refuseForeignNames(_: string, { host = "localhost" }: Asked): Page | null {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || isIP(name) !== 0) return null;
  return { status: 403, text: "ask for localhost or an address instead of a name" };
}

function readToken(token: Secret): string {
  const text = typeof token === "string" ? token : "env" in token ? env(token.env) : readTokenFile(token.file);
  if (text.length >= MIN_TOKEN_CHARACTERS && /^\S+$/.test(text)) return text;
  throw new ConfigError(
    "HTTP_TOKEN_SHORT",
    `The token for the metrics is too short or has blanks: make it at least ${MIN_TOKEN_CHARACTERS} characters, for example with: openssl rand -hex 32`,
  );
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const said = (error as NodeJS.ErrnoException).code;
    throw new ConfigError(
      "HTTP_TOKEN_FILE",
      `The token for the metrics cannot be read from ${path} (${said}): give a file that this user may read.`,
      { cause: error },
    );
  }
}

/** Digests are of one length, so comparing them says nothing of the token. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
