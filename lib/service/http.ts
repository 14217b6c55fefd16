// Three pages over a service, for machines: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever starts, replaces
// and stops processes.
//
//     state of the service    starting  running  degraded  stopping  stopped  failed
//     /healthz                   200      200       200       200      200     503     does a restart help?
//     /readyz                    503      200*      503       503      503     503     does it do its work?
//                                         * once it is known which partitions it has, be it none, and their state is restored

import { ConfigError } from "../core/errors.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Log } from "../runtime/ports.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import type { Secret } from "../transports/kafka/options.ts";
import { createAccess } from "./http-access.ts";
import { type Listener, listen, type Page } from "./http-listener.ts";
import { createExporter, type Exporter } from "./prometheus.ts";
import type { RunningService } from "./running.ts";
import { versionOfPackage } from "./version.ts";

/**
 * Where and how the pages are served.
 *
 * @example
 * import type { HttpOptions } from "sequitur/service";
 *
 * const options: HttpOptions = { app: "doors", host: "0.0.0.0", token: { file: "/run/secrets/metrics-token" } };
 * options.host; // => "0.0.0.0"
 */
export type HttpOptions = {
  /** Names the service in `sequitur_build_info`. */
  readonly app: string;
  /** Default 9464. 0: any that is free; `url` says which. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`: only this machine can reach it. Any other needs a `token`. */
  readonly host?: string;
  /** What `/metrics` asks for as `Authorization: Bearer …`, at least 16 characters. Default on this machine: none. `/healthz` and `/readyz` are open. */
  readonly token?: Secret;
  /** Default: nothing is logged. */
  readonly log?: Log;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
};

/**
 * The pages, being served.
 *
 * @example
 * import type { HttpPages } from "sequitur/service";
 *
 * const metricsOf = async ({ url }: HttpPages): Promise<string> => (await fetch(`${url}/metrics`)).text();
 * typeof metricsOf; // => "function"
 */
export interface HttpPages {
  /** Where they are: `http://127.0.0.1:9464`. */
  readonly url: string;
  /** Stops serving. What is being answered gets a second for it. */
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` of a service until `close` is called; it does not end with the service, so that
 * a failed one can be seen, and does not keep the process alive. `/metrics` costs a picture of the service, the other two next to nothing.
 *
 * @throws {ConfigError} `HTTP_PORT_IN_USE`, `HTTP_NOT_ALLOWED`, `HTTP_ADDRESS`, `HTTP_PORT`; `HTTP_TOKEN_MISSING`, `HTTP_TOKEN_SHORT`, `HTTP_TOKEN_FILE`, `MISSING_ENV`
 *
 * @example
 * import { pattern } from "sequitur";
 * import { createMemoryLog, runService, serveHttp, service, topic } from "sequitur/service";
 *
 * const inputs = [topic<{ sensor: string; value: number }>("readings", { key: (e) => e.sensor })];
 * const high = pattern<{ sensor: string; value: number }>("high").begin("a").where((e) => e.value.gt(90));
 * const log = createMemoryLog({ partitions: 1 });
 * log.append("readings", { key: "s1", value: { sensor: "s1", value: 99 } });
 * log.end("readings");
 *
 * const running = runService(service({ app: "plant", inputs, patterns: [high] }), { source: log.source(), sink: log.sink() });
 * const pages = await serveHttp(running, { app: "plant", port: 0 });
 * await running.done;
 * const text = await (await fetch(`${pages.url}/metrics`)).text();
 * text.includes('sequitur_alerts_total{pattern="high"} 1'); // => true
 * await pages.close();
 */
export async function serveHttp(
  running: Pick<RunningService, "metrics" | "health">,
  options: HttpOptions,
): Promise<HttpPages> {
  const { watch, ...pages } = await openHttp(options);
  watch(running);
  return pages;
}

/** Pages that were opened before the service is there: it is alive and not ready until then. */
export interface OpenHttp extends HttpPages {
  watch(running: Pick<Engine, "metrics" | "health">): void;
}

const DEFAULT_PORT = 9_464;

/** As `serveHttp`, for a service that is started only when the pages can be served. @throws {ConfigError} the same. */
export async function openHttp(options: HttpOptions): Promise<OpenHttp> {
  const { app, host = "127.0.0.1", port = DEFAULT_PORT, token, log = () => undefined, clock = systemClock } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError("HTTP_PORT", `The port for metrics is ${port}: give a whole number from 0 to 65535.`);
  }
  const access = createAccess(host, token);
  const exporter = await createExporter();
  const version = versionOfPackage();
  let running: Pick<Engine, "metrics" | "health"> | null = null;
  const answer = async (path: string): Promise<Page> => {
    if (path === "/healthz") return healthPage(running);
    if (path === "/readyz") return readyPage(running);
    if (path === "/metrics") return metricsPage(running, { app, version, clock, exporter, log });
    return { status: 404, text: "there are /metrics, /healthz and /readyz" };
  };
  const listener: Listener = await listen({
    host,
    port,
    clock,
    answer: async (path, asked) => access(path, asked) ?? answer(path),
  });
  log("info", "metrics and health are served", { url: listener.url });
  return {
    ...listener,
    watch(given) {
      running = given;
    },
  };
}

/** Whether there is any use in leaving the process alive. */
function healthPage(running: Pick<Engine, "health"> | null): Page {
  return running?.health().state === "failed" ? { status: 503, text: "failed" } : { status: 200, text: "ok" };
}

/** Whether it reads, matches and sends. */
function readyPage(running: Pick<Engine, "health"> | null): Page {
  const { state, assigned } = running?.health() ?? { state: "starting", assigned: false };
  if (state === "running" && assigned) return { status: 200, text: "ready" };
  return { status: 503, text: state === "running" ? "waiting for partitions, or for their state" : state };
}

type Parts = Required<Pick<HttpOptions, "app" | "clock" | "log">> & {
  readonly version: string;
  readonly exporter: Exporter;
};

async function metricsPage(
  running: Pick<Engine, "metrics"> | null,
  { app, version, clock, exporter, log }: Parts,
): Promise<Page> {
  if (running === null) return { status: 503, text: "starting" };
  try {
    const scrape = { picture: running.metrics(), now: clock.now(), app, version };
    return { status: 200, ...(await exporter(scrape)) };
  } catch (error) {
    log("error", "the metrics could not be made", { error });
    throw error;
  }
}
