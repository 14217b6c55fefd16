// npm run broker: a real Kafka to try things with, on this machine, until Ctrl-C.
import { relative } from "node:path";
import { ConfigError } from "../../lib/core/errors.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { type ClusterOptions, startCluster } from "./broker.ts";
import { DEFAULT_VERSION, install, KAFKA_VERSIONS, type KafkaVersion, type Progress } from "./install.ts";
import { SECURED_NAMES, type Secured } from "./secured.ts";
import { HOST } from "./settings.ts";
import { ADMIN, USERS } from "./users.ts";

const USAGE = `npm run broker -- [--version ${DEFAULT_VERSION}] [--port 9092] [--brokers 1] [--data DIR] [--secured] [--set NAME=VALUE]...

Runs Apache Kafka on ${HOST}, until Ctrl-C. Needs Java 17 or newer, and Maven the first time.

  --version V        ${KAFKA_VERSIONS.join(" or ")}. Default ${DEFAULT_VERSION}
  --port N           0 takes any that is free. Default 9092
  --brokers N        so many nodes, 1 to 9, on this port and those behind it; three or more keep three copies of everything. Default 1
  --data DIR         keeps topics and records between runs; without it they are gone with the broker
  --secured          adds listeners with TLS and SASL, two users, and permissions
  --set NAME=VALUE   a setting of the broker, as Kafka's documentation names it; may repeat
  --install          gets Kafka and ends

Topics are not created by themselves: --set auto.create.topics.enable=true changes that.
Exits with 0 after Ctrl-C, with 1 if Kafka cannot run here, with 2 if the arguments make no sense.`;

type Command = { readonly options: ClusterOptions; readonly isInstallOnly: boolean };

await runCommand(USAGE, parseCommand(process.argv.slice(2)), (command) =>
  run(command).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    return 1;
  }),
);

async function run({ options, isInstallOnly }: Command): Promise<number> {
  const line = startLine();
  try {
    if (isInstallOnly) {
      const { version, folder } = await install(options.version ?? DEFAULT_VERSION, line.show);
      line.end();
      console.log(`Kafka ${version} is in ${relative(process.cwd(), folder)}`);
      return 0;
    }
    await serve(options, line);
    return 0;
  } finally {
    line.end();
  }
}

async function serve(options: ClusterOptions, line: ProgressLine): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  line.show(`Kafka ${options.version}: starting`);
  const cluster = await startCluster({ ...options, progress: line.show });
  line.end();
  console.log(`Kafka ${cluster.version} on ${cluster.address}, until Ctrl-C`);
  for (const { secured, logFile } of cluster.nodes) {
    if (secured !== null) console.log(describeSecured(secured));
    console.log(`  log           ${logFile}`);
  }
  const heart = setInterval(() => {}, 1000);
  await interrupted;
  clearInterval(heart);
  await cluster.stop();
  console.log(options.dataFolder === undefined ? "Stopped." : `Stopped. Its data are in ${options.dataFolder}`);
}

/** What a client has to know of the secured listeners. */
function describeSecured(secured: Secured): string {
  const users = USERS.map(({ username, password }) => `${username} / ${password}`).join(", ");
  const lines = [
    ...SECURED_NAMES.map((name) => [name, secured[name]]),
    ["CA", secured.caFile],
    ["client", `${secured.clientCertificateFile} with ${secured.clientKeyFile}`],
    ["users", `${users}; all but ${ADMIN.username} need permissions`],
  ];
  return lines.map(([name = "", text = ""]) => `  ${name.padEnd(14)}${text}`).join("\n");
}

type ProgressLine = { readonly show: Progress; readonly end: () => void };

/** On a terminal one line that changes, elsewhere the beginning and the end of each step. */
function startLine(): ProgressLine {
  const { isTTY } = process.stderr;
  let isOpen = false;
  return {
    show(line) {
      if (isTTY) process.stderr.write(`\r\x1b[K${line}`);
      else if (!/\d+ files/.test(line)) process.stderr.write(`${line}\n`);
      isOpen = isTTY;
    },
    end() {
      if (isOpen) process.stderr.write("\r\x1b[K");
      isOpen = false;
    },
  };
}

function parseCommand(words: string[]): Command | string {
  const [text, flag] = [{ type: "string" }, { type: "boolean", default: false }] as const;
  const options = {
    version: text,
    port: text,
    brokers: text,
    data: text,
    set: { type: "string", multiple: true },
    secured: flag,
    install: flag,
  } as const;
  return readWords(USAGE, words, options, ({ version = DEFAULT_VERSION, port = "9092", data, ...more }) => ({
    options: {
      version: parseVersion(version),
      port: parsePort(port),
      brokers: wholeNumber("brokers", more.brokers ?? "1", 1, 9),
      settings: Object.fromEntries((more.set ?? []).map(parseSetting)),
      secured: more.secured,
      heapMb: 1024,
      optimize: true,
      ...(data === undefined ? {} : { dataFolder: data }),
    },
    isInstallOnly: more.install,
  }));
}

function parseVersion(text: string): KafkaVersion {
  const version = KAFKA_VERSIONS.find((known) => known === text);
  if (version === undefined) throw new Error(`--version takes ${KAFKA_VERSIONS.join(" or ")}, not "${text}".`);
  return version;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!(/^\d+$/.test(text) && port < 65_536)) throw new Error(`--port takes 0 to 65535, not "${text}".`);
  return port;
}

function parseSetting(text: string): readonly [string, string] {
  const [, name, value] = /^([\w.-]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--set takes NAME=VALUE, not "${text}".`);
  return [name, value];
}
