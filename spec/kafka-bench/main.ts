// npm run kafka-bench: how fast the service is with exactly-once, next to stock kafkajs that reads the same topic and drops it, in
// the same run. Each contender has a process of its own. Or how late its alerts are at half of that.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Broker, startBroker } from "../broker/broker.ts";
import { type JavaRecord, javaProduce } from "../broker/java-produce.ts";
import { createTopic } from "../broker/topics.ts";
import { bundle, type Folder } from "../run/bundle.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { type Figures, type Layer, layersTable, type Row, rowOf, tableOf, together } from "./figures.ts";
import { type LatencyRow, latencyTable, measureLatency, warmUp } from "./latency.ts";
import { alertsIn, INPUT, PER_SECOND, records, SIZES, type Size } from "./stream.ts";

const USAGE = `npm run kafka-bench -- [--events 1000000] [--bytes 100,300] [--shards 1,4,8] [--processes 1] [--rounds 3] [--lagging] [--profile FOLDER] [--layers] [--node FLAG] [--json]
       npm run kafka-bench -- --latency [--rate N] [--seconds 20] [--bytes 100,300] [--shards 4] [--events 1000000] [--json]

  --events N        records, all written before anything is read
  --bytes LIST      of a record's value: 100, 300 or both
  --shards LIST     how many shards the service has, one row each; 4 with a schema is another
  --processes LIST  how many processes the service is, one row each for as many shards or more; kafkajs is always one
  --rounds N        how often each contender reads the topic, in turn, after a round in which the broker warms up; the median counts
  --lagging         all records are in one of the eight partitions, as if the others were caught up
  --profile FOLDER  writes a profile of every process there; slower
  --layers          instead: what an event costs from the bytes of a fetch to those of a checkpoint, layer by layer, without a broker
  --node FLAG       is given to Node.js, of kafkajs, too: --node=--max-semi-space-size=32
  --latency         instead: how long after an alert may be said it is seen, with both guarantees, while events come at an even pace
  --rate N          events in a second for that; default: half of what the service, exactly once, has just read in one
  --seconds N       for how long alerts are looked at, behind a warm-up
  --json            prints the rows as JSON

Exits with 0 if every service found the alerts that there have to be, with 1 if not, with 2 if the arguments make no sense.`;

type Command = {
  readonly events: number;
  readonly sizes: readonly Size[];
  readonly shards: readonly number[];
  readonly processes: readonly number[];
  readonly rounds: number;
  readonly lagging: boolean;
  readonly profile: string | null;
  readonly node: string | null;
  readonly layers: boolean;
  readonly latency: boolean;
  /** `null`: half of what was measured. */
  readonly rate: number | null;
  readonly seconds: number;
  readonly json: boolean;
};

const DROP = "kafkajs, dropping";
const PARTITIONS = 8;
const CONTENDER_MS = 300_000;
/** So long a group waits for its other members when it begins: the processes of a service share the topic before any reads. */
const JOIN_MS = 2_000;
const exec = promisify(execFile);

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run(command: Command): Promise<number> {
  const say = (line: string): void => console.error(line);
  const { path: program, remove } = await programOf("contender.ts");
  const rows: Row[] = [];
  try {
    if (command.layers) return await tellLayers(command, program);
    if (command.latency) return await tellLatency(command, program, say);
    for (const size of command.sizes) rows.push(...(await measure(size, command, program, say)));
  } finally {
    remove();
  }
  console.log(command.json ? JSON.stringify(rows) : tableOf(rows));
  const expected = alertsIn(command.events);
  const least = alertsIn(command.events - 2 * PER_SECOND - PER_SECOND);
  const wrong = rows.filter(({ contender, alerts }) => contender !== DROP && (alerts < least || alerts > expected));
  for (const { contender, alerts } of wrong) say(`${contender}: ${alerts} alerts, not from ${least} to ${expected}`);
  return wrong.length === 0 ? 0 : 1;
}

function programOf(entry: string): Promise<Folder> {
  return bundle("kafka-bench", new URL(entry, import.meta.url), { packages: "external", sourcemap: "inline" });
}

async function tellLayers(command: Command, program: string): Promise<number> {
  const { events, sizes, json } = command;
  const found: { readonly bytes: Size; readonly layers: readonly Layer[] }[] = [];
  for (const bytes of sizes) {
    const words = ["-", String(events), "layers", String(bytes)];
    found.push({ bytes, layers: await runProgram<readonly Layer[]>(program, words, flagsOf(command)) });
  }
  console.log(json ? JSON.stringify(found) : found.map(({ bytes, layers }) => layersTable(bytes, layers)).join("\n\n"));
  return 0;
}

async function tellLatency(command: Command, contender: string, say: (line: string) => void): Promise<number> {
  const { path: program, remove } = await programOf("latency-role.ts");
  const rows: LatencyRow[] = [];
  try {
    for (const bytes of command.sizes) {
      const broker = await startBroker({ heapMb: 1_024, optimize: true });
      try {
        say(`${bytes} B: warming the broker`);
        await warmUp(broker, program, { bytes, shards: command.shards[0] as number, partitions: PARTITIONS });
        if (command.rate === null) await fill(broker, command, bytes, say);
        for (const shards of command.shards) {
          const perSecond = command.rate ?? Math.round((await rateOf(broker, contender, command, shards)) / 2);
          for (const guarantee of ["at-least-once", "exactly-once"] as const) {
            say(`${bytes} B, S = ${shards}: ${perSecond.toLocaleString("en")} events/s, ${guarantee}`);
            const asked = { bytes, shards, guarantee, perSecond, partitions: PARTITIONS };
            rows.push(await measureLatency(broker, program, { ...asked, measuredMs: command.seconds * 1_000 }));
          }
        }
      } finally {
        await broker.stop();
      }
    }
  } finally {
    remove();
  }
  console.log(command.json ? JSON.stringify(rows) : latencyTable(rows));
  const wrong = rows.filter(({ alerts, expected }) => alerts !== expected);
  for (const { guarantee, alerts, expected } of wrong) say(`${guarantee}: ${alerts} alerts, not ${expected}`);
  return wrong.length === 0 ? 0 : 1;
}

/** What the service reads in a second with nothing else to do. */
async function rateOf(broker: Broker, program: string, { events }: Command, shards: number): Promise<number> {
  const words = [broker.address, String(events), `rate-${shards}`, String(shards)];
  const found = await runProgram<Figures>(program, words, []);
  return found.events / found.seconds;
}

async function fill(broker: Broker, command: Command, size: Size, say: (line: string) => void): Promise<void> {
  const { events, lagging } = command;
  say(`writing ${events} records of ${size} bytes${lagging ? " to one partition" : ""}`);
  await createTopic(broker, INPUT, PARTITIONS);
  const all = records(events, size);
  await javaProduce(broker, INPUT, lagging ? toOnePartition(all) : all, { withinMs: 600_000 });
}

function* toOnePartition(all: Iterable<JavaRecord>): Generator<JavaRecord> {
  for (const record of all) yield { ...record, partition: 0 };
}

/** Fills a topic on a broker of its own, and lets all read it in turn. The compilers of a fresh broker take up to a core. */
async function measure(
  size: Size,
  command: Command,
  program: string,
  say: (line: string) => void,
): Promise<readonly Row[]> {
  const { events, rounds } = command;
  const settings = { "group.initial.rebalance.delay.ms": String(JOIN_MS) };
  const broker = await startBroker({ heapMb: 1_024, optimize: true, settings });
  try {
    await fill(broker, command, size, say);
    const contenders = contendersOf(command);
    const figures = contenders.map((): Figures[] => []);
    for (let round = 0; round <= rounds; round += 1) {
      for (const [index, { name, words, processes }] of contenders.entries()) {
        const all = [broker.address, String(events), ...words(`round-${round}-${index}`)];
        const flags = flagsOf(round === 0 ? { ...command, profile: null } : command);
        const each = Array.from({ length: processes }, () => runProgram<Figures>(program, all, flags));
        const found = together(await Promise.all(each));
        if (round > 0) figures[index]?.push(found);
        const which = round === 0 ? "to warm up" : `round ${round} of ${rounds}`;
        say(`${size} B, ${which}: ${name}: ${Math.round(found.events / found.seconds).toLocaleString("en")}/s`);
      }
    }
    return contenders.map(({ name }, index) => rowOf(size, name, figures[index] ?? [], figures[0] ?? []));
  } finally {
    await broker.stop();
  }
}

type Contender = {
  readonly name: string;
  readonly words: (app: string) => readonly string[];
  readonly processes: number;
};

function contendersOf({ shards, processes }: Command): readonly Contender[] {
  const services = processes.flatMap((count) =>
    shards
      .filter((all) => all >= count)
      .map((all) => ({
        name: `service, S = ${all}${count === 1 ? "" : `, ${count} processes`}`,
        words: (app: string) => [app, `${all}`],
        processes: count,
      })),
  );
  const withSchema = { name: "service, S = 4, schema", words: (app: string) => [app, "4", "schema"], processes: 1 };
  return [
    { name: DROP, words: () => ["drop"], processes: 1 },
    ...services,
    ...(shards.includes(4) && processes.includes(1) ? [withSchema] : []),
  ];
}

/** For Node.js. */
function flagsOf({ node, profile }: Pick<Command, "node" | "profile">): readonly string[] {
  return [...(node === null ? [] : [node]), ...(profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`])];
}

async function runProgram<Answer>(
  program: string,
  words: readonly string[],
  flags: readonly string[],
): Promise<Answer> {
  const { NODE_V8_COVERAGE: _counts, NODE_OPTIONS: _options, ...env } = process.env;
  const args = ["--enable-source-maps", "--expose-gc", ...flags, program, ...words];
  const { stdout } = await exec(process.execPath, args, { env, timeout: CONTENDER_MS, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Answer;
}

/** An option that goes with `--latency` only, or only without it. @throws {Error} where it does not go */
function only<Value extends string | boolean>(name: string, value: Value | undefined, goes: boolean): Value | null {
  if (!goes && value !== undefined)
    throw new Error(`--${name} ${["rate", "seconds"].includes(name) ? "goes only" : "does not go"} with --latency.`);
  return value ?? null;
}

/** Each of a list of whole numbers. */
function upToPartitions(name: string, list: string): readonly number[] {
  return list.split(",").map((each) => wholeNumber(name, each, 1, PARTITIONS));
}

/** For as many shards, or fewer, there is a row. @throws {Error} */
function processesFor(shards: readonly number[], list: string): readonly number[] {
  const processes = upToPartitions("processes", list);
  const most = Math.max(...shards);
  const surplus = processes.find((count) => count > most);
  if (surplus !== undefined)
    throw new Error(`--processes ${surplus} is more than the ${most} shards there are for them.`);
  return processes;
}

function parseCommand(words: string[]): Command | string {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const numbers = {
    events: text,
    bytes: text,
    shards: text,
    processes: text,
    rounds: text,
    profile: text,
    node: text,
    rate: text,
    seconds: text,
  };
  const options = { ...numbers, lagging: flag, layers: flag, latency: flag, json: flag };
  return readWords(USAGE, words, options, ({ events = "1000000", bytes = "100,300", latency = false, ...more }) => {
    const shards = upToPartitions("shards", more.shards ?? (latency ? "4" : "1,4,8"));
    const rate = only("rate", more.rate, latency);
    return {
      events: wholeNumber("events", events),
      sizes: bytes.split(",").map((each) => {
        const size = SIZES.find((known) => String(known) === each);
        if (size === undefined) throw new Error(`--bytes takes ${SIZES.join(" or ")}, not "${each}".`);
        return size;
      }),
      shards,
      processes: processesFor(shards, only("processes", more.processes, !latency) ?? "1"),
      rounds: wholeNumber("rounds", only("rounds", more.rounds, !latency) ?? "3"),
      lagging: only("lagging", more.lagging, !latency) ?? false,
      profile: only("profile", more.profile, !latency),
      node: only("node", more.node, !latency),
      layers: only("layers", more.layers, !latency) ?? false,
      latency,
      rate: rate === null ? null : wholeNumber("rate", rate),
      seconds: wholeNumber("seconds", only("seconds", more.seconds, latency) ?? "20"),
      json: more.json ?? false,
    };
  });
}
