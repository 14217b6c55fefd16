// Every byte of a small state is damaged, one after the other, as if somebody had written it so: on the disk of the broker, with the
// checksum of Kafka made right, so that nothing but our own can tell. What is read then has to be refused, or to be what it was. At last
// processes are started: on damaged state, which they have to refuse, and on the state as it was.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { createReplay } from "../../../lib/state/replay.ts";
import { crc32c } from "../../../lib/transports/kafka/crc32c.ts";
import type { Broker } from "../../broker/broker.ts";
import { endLater } from "../../transports/kafka/kit.ts";
import { stateOf } from "../../transports/kafka/state-kit.ts";
import { type Field, type FieldBroker, openField } from "../field.ts";
import { failureOf, finished, type Outcome, pause, type Scenario, type Trial } from "../scenario.ts";

const EVENTS = 60;
/** Of the bytes, so many are damaged where there is little time. */
const SAMPLED = 80;

export const damaged: Scenario = {
  name: "damaged",
  what: "state damaged at each of its bytes, with the checksum of Kafka made right",
  async run({ broker, seed, isShort, tell, signal }: Trial): Promise<Outcome> {
    const on = await broker();
    const field = await openField(on, "damaged", { seed, partitions: 1 });
    await field.writeSome(EVENTS);
    field.start();
    await field.close(Date.parse("2026-03-02T09:00:03Z"));
    const disk = openDisk(on, field.app);
    const whole = await read(field);
    const bytes = disk.recordBytes.filter(
      (_, index) => !isShort || index % Math.ceil(disk.recordBytes.length / SAMPLED) === 0,
    );
    const counts = { refused: 0, harmless: 0, wrong: 0 };
    let tried = 0;
    for (const at of bytes) {
      if (signal.aborted) break;
      disk.damage(at, 1 << (at % 8));
      const found = await read(field);
      disk.mend(at);
      tried += 1;
      counts[found === whole ? "harmless" : REFUSED.has(found) ? "refused" : "wrong"] += 1;
      if (found !== whole && !REFUSED.has(found)) tell(`byte ${at}: ${found}`);
      tell(`${tried} of ${bytes.length} bytes damaged`);
    }
    const codes = await startOnDamage(field, disk, signal);
    field.write();
    field.start();
    await pause(ON_MEND_MS, signal);
    const isWell = counts.wrong === 0 && counts.refused > 0.9 * tried && codes.every((code) => REFUSED.has(code));
    const said = `${tried} bytes of ${disk.recordBytes.length} damaged: ${counts.refused} refused, ${counts.harmless} changed nothing, ${counts.wrong} taken for good; processes on damaged state ended with ${codes.join(", ")}; mended`;
    return finished(
      field,
      () => said,
      () => isWell,
    );
  },
};

const REFUSED = new Set(["DAMAGED_STATE", "TRUNCATED_STATE", "FOREIGN_STATE", "NEWER_STATE"]);
const STARTS = 2;
const ON_MEND_MS = 3_000;

/** The codes with which processes end that are started on damaged state. */
async function startOnDamage(field: Field, disk: Disk, signal: AbortSignal): Promise<readonly string[]> {
  const codes: string[] = [];
  for (let n = 0; n < STARTS && !signal.aborted; n += 1) {
    const at = disk.recordBytes[Math.floor(field.chance() * 0.9 * disk.recordBytes.length)] as number;
    disk.damage(at, 0x40);
    const member = field.start();
    await member.ended;
    disk.mend(at);
    codes.push(failureOf(member).code);
  }
  return codes;
}

/** What a process would take the state for, as a text; or the code of what it would refuse it with. */
async function read({ broker, app }: { readonly broker: FieldBroker; readonly app: string }): Promise<string> {
  const { state } = stateOf(app, broker.address);
  const replay = createReplay({ app, shards: 1, partitions: 1 }, `partition 0 of "${app}-state"`);
  try {
    const { end } = await state.bounds(0);
    for await (const { records, next } of state.read(0, 0n)) {
      for (const { offset, value } of records) replay.take(offset, value);
      if (next >= end) break;
    }
    replay.finish(0n);
    const pieces = [0, 1].flatMap((pattern) => replay.pieces({ lane: 0, pattern }).map(({ entry }) => entry));
    return JSON.stringify([
      replay.last?.checkpoint,
      pieces.map(({ bytes, ...entry }) => [entry, Buffer.from(bytes).toString("hex")]),
    ]);
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return code ?? message;
  } finally {
    await state.close();
  }
}

/** The file of the state, while no process runs. */
type Disk = {
  /** Where the bytes are that somebody wrote: the records of all batches but the markers of transactions. */
  readonly recordBytes: readonly number[];
  readonly damage: (at: number, bits: number) => void;
  readonly mend: (at: number) => void;
};

/** Behind offset and length of a batch: its length counts from here. */
const LENGTH_ENDS_AT = 12;
const CHECKSUM_AT = 17;
const CHECKED_FROM = 21;
const ATTRIBUTES_AT = 22;
const RECORDS_AT = 61;
const CONTROL = 0x20;

function openDisk({ logFile }: Broker, app: string): Disk {
  const path = join(dirname(logFile), "data", `${app}-state-0`, `${"0".repeat(20)}.log`);
  const content = readFileSync(path);
  const file = openSync(path, "r+");
  endLater(() => closeSync(file));
  const batches = batchesIn(content);
  const write = (at: number, byte: number): void => {
    const batch = batches.find(({ start, end }) => at >= start && at < end);
    if (batch === undefined) return;
    const bytes = Buffer.from(content.subarray(batch.start, batch.end));
    bytes[at - batch.start] = byte;
    bytes.writeUInt32BE(crc32c(bytes, CHECKED_FROM, bytes.length) >>> 0, CHECKSUM_AT);
    writeSync(file, bytes, 0, bytes.length, batch.start);
  };
  const written = batches.filter(({ start }) => ((content[start + ATTRIBUTES_AT] ?? 0) & CONTROL) === 0);
  return {
    recordBytes: written.flatMap(({ start, end }) =>
      Array.from({ length: end - start - RECORDS_AT }, (_, index) => start + RECORDS_AT + index),
    ),
    damage: (at, bits) => write(at, (content[at] ?? 0) ^ bits),
    mend: (at) => write(at, content[at] ?? 0),
  };
}

function batchesIn(content: Buffer): readonly { readonly start: number; readonly end: number }[] {
  const batches: { start: number; end: number }[] = [];
  for (let start = 0; start + LENGTH_ENDS_AT < content.length; ) {
    const end = start + LENGTH_ENDS_AT + content.readInt32BE(start + LENGTH_ENDS_AT - 4);
    batches.push({ start, end });
    start = end;
  }
  return batches;
}
