// A real Apache Kafka on loopback: one node, about two seconds to start, gone with the process that started it.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError } from "../../lib/core/errors.ts";
import {
  DEFAULT_VERSION,
  formatData,
  type Installation,
  install,
  type KafkaVersion,
  type Progress,
} from "./install.ts";
import { type Jvm, startJvm } from "./jvm.ts";
import { freePorts, isFree } from "./ports.ts";
import { brokerSettings, HOST, type Ports, propertiesText, type Settings } from "./settings.ts";

export type Broker = {
  /** Of the listener without any security: `127.0.0.1:20123`. The same for the life of the broker, restarts included. */
  readonly address: string;
  readonly version: string;
  /** Of the process that runs now; null between `kill` and `restart`. */
  readonly pid: () => number | null;
  readonly logFile: string;
  /** Kills it at once, as `kill -9` does. Its data stays. */
  readonly kill: () => Promise<void>;
  /** Starts it again, on the same ports and the same data; after a kill it takes about 4 seconds. */
  readonly restart: () => Promise<void>;
  /** Stops it politely and removes its data, unless these have a folder of their own. */
  readonly stop: () => Promise<void>;
};

export type BrokerOptions = {
  readonly version?: KafkaVersion;
  /** 0 takes any. */
  readonly port?: number;
  /** Where its data stay between runs; without it they live as long as the broker. */
  readonly dataFolder?: string;
  readonly settings?: Settings;
  readonly heapMb?: number;
  /** Compiles for speed instead of a quick start: for measurements. */
  readonly optimize?: boolean;
  readonly startWithinMs?: number;
  readonly progress?: Progress;
};

/** What a data folder remembers of the broker that it belongs to. */
type Identity = { readonly version: KafkaVersion; readonly ports: Ports };

/**
 * Installs Kafka if need be, and starts it.
 *
 * @throws {ConfigError} `PORT_TAKEN`, `OLDER_KAFKA` (the data folder was written by a newer version), and what
 *   `install` and `startJvm` throw
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const version = options.version ?? DEFAULT_VERSION;
  const installation = await install(version, options.progress);
  const isTemporary = options.dataFolder === undefined;
  const folder = isTemporary ? mkdtempSync(join(tmpdir(), "sequitur-broker-")) : resolve(options.dataFolder);
  const identity = await identify(folder, version, options.port ?? 0);
  prepare(installation, folder, identity, options.settings);
  const logFile = join(folder, "broker.log");
  const launch = (): Promise<Jvm> =>
    startJvm({
      classpath: installation.classpath,
      settingsFile: join(folder, "server.properties"),
      logFile,
      heapMb: options.heapMb ?? 384,
      optimize: options.optimize ?? false,
      temporaryFolder: isTemporary ? folder : null,
      startWithinMs: options.startWithinMs ?? 60_000,
    });
  let jvm = await launch();
  return {
    address: `${HOST}:${identity.ports.broker}`,
    version,
    pid: () => (jvm.isAlive() ? jvm.pid : null),
    logFile,
    kill: () => jvm.end("SIGKILL"),
    async restart() {
      await jvm.end("SIGKILL");
      jvm = await launch();
    },
    async stop() {
      await jvm.end("SIGTERM");
      if (isTemporary) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The version and ports of the broker in `folder`: those of its last run, as far as they are not asked to change. */
async function identify(folder: string, version: KafkaVersion, port: number): Promise<Identity> {
  const former = readIdentity(folder);
  if (former !== null && Number.parseInt(former.version, 10) > Number.parseInt(version, 10)) {
    throw new ConfigError(
      "OLDER_KAFKA",
      `The data in ${folder} were written by Kafka ${former.version}, and ${version} cannot read them. Start ${former.version}, or choose another folder.`,
    );
  }
  const [freeBroker = 0, freeController = 0] = await freePorts(2);
  const broker = port !== 0 ? port : (former?.ports.broker ?? freeBroker);
  if (!(await isFree(broker))) {
    throw new ConfigError(
      "PORT_TAKEN",
      `Port ${broker} of ${HOST} is taken, perhaps by a broker that runs already. Stop that, or choose another port.`,
    );
  }
  return { version, ports: { broker, controller: freeController } };
}

function readIdentity(folder: string): Identity | null {
  const file = join(folder, IDENTITY_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Identity) : null;
}

const IDENTITY_FILE = "broker.json";

function prepare(installation: Installation, folder: string, identity: Identity, more: Settings = {}): void {
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  if (!existsSync(join(data, "meta.properties"))) formatData(installation, data);
  writeFileSync(join(folder, "server.properties"), propertiesText(brokerSettings(data, identity.ports, more)));
  writeFileSync(join(folder, IDENTITY_FILE), `${JSON.stringify(identity)}\n`);
}
