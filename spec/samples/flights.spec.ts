// A month of real departures, against plain loops: in process, through the service, and through the command.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createMatcher, type Pattern } from "../../lib/index.ts";
import type { AlertJson } from "../../lib/runtime/alert.ts";
import { createMemoryLog, type MemoryLog, runService, type Summary, service, topic } from "../../lib/service/index.ts";
import { createNdjsonSource } from "../../lib/transports/ndjson/index.ts";
import { type FlightEvent, risingDelay, strandedAircraft } from "../../samples/flights/patterns.ts";
import { sequitur } from "../cli/command.ts";
import { allowMs } from "../run/ask.ts";
import { FLIGHTS_FILE, type Found, lateLines, readFlights, risingDelays, stranded } from "./flights-oracle.ts";

allowMs(120_000);

const it = suite("samples/flights");
const HOUR = 3_600_000;

const lines = readFlights();
const withoutAircraft = lines.filter(({ event }) => event.tail === null).map(({ line }) => line);

/** What the plain loops find, and what they call late. */
function expected(allowedMs: number): {
  readonly rising: Lines;
  readonly stranded: Lines;
  readonly late: readonly number[];
} {
  const late = lateLines(lines, allowedMs);
  const onTime = lines.filter(({ line }) => !late.has(line));
  return { rising: sorted(risingDelays(onTime)), stranded: sorted(stranded(onTime)), late: [...late] };
}

type Lines = readonly string[];

/** The same order for all sides. */
function sorted(found: readonly Found[]): Lines {
  return found.map(({ lines, at }) => `${lines.join(" ")} at ${at}`).sort();
}

it("has the events that its README tells of", () => {
  assert.is(lines.length, 27_004);
  assert.is(withoutAircraft.length, 155);
  assert.is(expected(24 * HOUR).rising.length, 676);
  assert.is(expected(24 * HOUR).stranded.length, 212);
  assert.is(expected(24 * HOUR).late.length, 0);
  assert.is(expected(1 * HOUR).late.length, 20_596);
});

for (const allowed of ["24h", "1h"] as const) {
  const want = expected(allowed === "24h" ? 24 * HOUR : HOUR);

  it(`in process, ${allowed} of disorder: the matches of the plain loops, every late event told`, () => {
    for (const [pattern, matches] of [
      [risingDelay, want.rising],
      [strandedAircraft, want.stranded],
    ] as const) {
      const told = inProcess(pattern as Pattern<FlightEvent, unknown, unknown, true>, allowed);
      assert.equal(sorted(told.found), matches);
      assert.equal(told.late, want.late);
      assert.equal(told.noKey, withoutAircraft);
      assert.is(told.events + told.late.length + told.noKey.length, lines.length);
    }
  });

  it(`through the service, ${allowed} of disorder: the same, and every event is in one place`, async () => {
    const { log, summary } = await throughService(allowed);
    const alerts = log.readAll("flights-alerts").map(({ value }) => JSON.parse(text(value)) as AlertJson);
    assert.equal(foundIn(alerts, "rising-delay"), want.rising);
    assert.equal(foundIn(alerts, "stranded-aircraft"), want.stranded);
    assert.equal(linesIn(log, "flights-late"), want.late);
    assert.equal(linesIn(log, "flights-dead-letters"), withoutAircraft);
    checkAccount(summary.metrics.topics, want.late.length);
  });

  it(`through the command, ${allowed} of disorder: the same`, async () => {
    const told = await throughCommand(allowed);
    assert.equal(foundIn(told.alerts, "rising-delay"), want.rising);
    assert.equal(foundIn(told.alerts, "stranded-aircraft"), want.stranded);
    assert.equal(
      told.late,
      want.late.map((line) => JSON.stringify(lines[line - 1]?.event)),
    );
    assert.equal(
      told.deadLetters,
      withoutAircraft.map((line) => ["NO_KEY", JSON.stringify(lines[line - 1]?.event)]),
    );
    checkAccount(told.topics, want.late.length);
  });
}

type Account = Summary["metrics"]["topics"];

/** events in = on time + late + dead-lettered */
function checkAccount([topic, ...others]: Account, late: number): void {
  assert.equal(others, []);
  const onTime = lines.length - late - withoutAircraft.length;
  const counts = { records: lines.length, onTime, late, deadLettered: withoutAircraft.length, skipped: 0, waiting: 0 };
  assert.equal(topic, { topic: "flights", ...counts });
}

type Told = {
  readonly found: readonly Found[];
  readonly late: readonly number[];
  readonly noKey: readonly number[];
  readonly events: number;
};

function inProcess(pattern: Pattern<FlightEvent, unknown, unknown, true>, allowed: "24h" | "1h"): Told {
  const lineOf = new Map(lines.map(({ line, event }) => [event, line]));
  const told = { late: [] as number[], noKey: [] as number[] };
  const matcher = createMatcher(pattern, {
    key: (e) => e.tail,
    time: (e) => e.at,
    outOfOrderness: allowed,
    onNotice: (notice) => {
      if (notice.kind === "late" || notice.kind === "noKey") told[notice.kind].push(lineOf.get(notice.event) ?? 0);
      else assert.unreachable(`a notice of kind ${notice.kind}`);
    },
  });
  const matches = [...lines.flatMap(({ event }) => matcher.push(event)), ...matcher.finish()];
  const found = matches.map(({ taken, at }) => ({ lines: taken.map(({ origin }) => Number(origin.offset) + 1), at }));
  return { found, ...told, events: matcher.stats().events };
}

async function throughService(
  outOfOrderness: "24h" | "1h",
): Promise<{ readonly log: MemoryLog; readonly summary: Summary }> {
  const definition = service({
    app: "flights",
    inputs: [topic<FlightEvent>("flights", { key: (e) => e.tail, time: (e) => e.at, outOfOrderness })],
    patterns: [risingDelay, strandedAircraft],
  });
  const log = createMemoryLog({ partitions: 1 });
  const source = createNdjsonSource({ inputs: [{ topic: "flights", path: FLIGHTS_FILE }] });
  const running = await runService(definition, { source, sink: log.sink() });
  const summary = await running.done;
  assert.is(summary.reason, "ended");
  return { log, summary };
}

function foundIn(alerts: readonly AlertJson[], pattern: string): Lines {
  return sorted(
    alerts
      .filter((alert) => alert.pattern === pattern)
      .map(({ provenance, at }) => ({ lines: provenance.map(({ offset }) => Number(offset)), at: Date.parse(at) })),
  );
}

/** The lines that the copies in a topic came from; that they are what stood there. */
function linesIn(log: MemoryLog, name: string): readonly number[] {
  return log.readAll(name).map(({ value, headers }) => {
    const line = Number(headers.get("sequitur-offset"));
    assert.equal(JSON.parse(text(value)), lines[line - 1]?.event);
    return line;
  });
}

function text(bytes: Uint8Array | null): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}

type Printed = {
  readonly alerts: readonly AlertJson[];
  readonly late: readonly string[];
  readonly deadLetters: readonly (readonly [code: string, value: string])[];
  readonly topics: Account;
};

async function throughCommand(allowed: "24h" | "1h"): Promise<Printed> {
  const folder = mkdtempSync(join(tmpdir(), "sequitur-flights-"));
  const [late, deadLetters] = [join(folder, "late.ndjson"), join(folder, "dead-letters.ndjson")];
  process.env["FLIGHTS_OUT_OF_ORDERNESS"] = allowed;
  try {
    const options = ["--input", FLIGHTS_FILE, "--late", late, "--dead-letters", deadLetters, "--json"];
    const ran = await sequitur(["run", "samples/flights/service.ts", ...options], { cwd: process.cwd() });
    assert.is(ran.code, 0, ran.stderr);
    const { summary } = JSON.parse(ran.stderr.trim().split("\n").at(-1) ?? "") as { summary: Summary };
    return {
      alerts: linesOf(ran.stdout).map((line) => JSON.parse(line) as AlertJson),
      late: linesOf(readFileSync(late, "utf8")),
      deadLetters: linesOf(readFileSync(deadLetters, "utf8")).map((line) => {
        const { headers, value } = JSON.parse(line) as { headers: Record<string, string>; value: string };
        return [headers["sequitur-code"] ?? "", value];
      }),
      topics: summary.metrics.topics,
    };
  } finally {
    delete process.env["FLIGHTS_OUT_OF_ORDERNESS"];
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.trimEnd().split("\n");
}

it.run();
