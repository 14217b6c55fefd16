// The picture of a service in the text format of Prometheus. Each scrape is made anew from one picture: nothing is counted
// a second time here, and the figures of one scrape fit together.

import type { Registry } from "prom-client";
import { METRIC_TABLE, type MetricRow, type Scrape } from "./metric-table.ts";

/** A page of metrics. */
export type Exposition = { readonly contentType: string; readonly text: string };

/** Gives the text for a picture. */
export type Exporter = (scrape: Scrape) => Promise<Exposition>;

type Client = typeof import("prom-client");

/** Figures of the process itself; one registry for all services in it, since a process has one event loop. */
let ofProcess: Registry | null = null;

/** Loads the client and begins to watch the process: memory, CPU, garbage collection, delay of the event loop. */
export async function createExporter(): Promise<Exporter> {
  const client: Client = (await import("prom-client")).default;
  if (ofProcess === null) {
    ofProcess = new client.Registry();
    client.collectDefaultMetrics({ register: ofProcess });
  }
  const process = ofProcess;
  return async (scrape) => {
    const registry = new client.Registry();
    for (const row of METRIC_TABLE) expose(row, scrape, registry, client);
    const pages = await Promise.all([registry.metrics(), process.metrics()]);
    return { contentType: registry.contentType, text: pages.join("").replaceAll(NOT_KNOWN, "") };
  };
}

/** A scrape right after another finds no delays of the event loop to take a mean of, and the client writes what not everybody can read. */
const NOT_KNOWN = /^[^#\n]* Nan\n/gm;

function expose(
  { name, type, help, labels, read }: MetricRow,
  scrape: Scrape,
  registry: Registry,
  client: Client,
): void {
  const options = { name, help, labelNames: labels, registers: [registry] };
  const known = read(scrape).filter(({ value }) => Number.isFinite(value));
  if (type === "counter") {
    const counter = new client.Counter(options);
    for (const sample of known) counter.inc(sample.labels, sample.value);
  } else {
    const gauge = new client.Gauge(options);
    for (const sample of known) gauge.set(sample.labels, sample.value);
  }
}
