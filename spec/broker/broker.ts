// A real Apache Kafka on loopback: one node, about two seconds to start, gone with the process that started it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { identify, prepare } from "./data-folder.ts";
import { DEFAULT_VERSION, type Installation, install, type KafkaVersion, type Progress } from "./install.ts";
import { type Jvm, startJvm } from "./jvm.ts";
import { type Secured, securedOf } from "./secured.ts";
import { HOST, type Settings } from "./settings.ts";

export type Broker = {
  /** Of the listener without any security: `127.0.0.1:20123`. The same for the life of the broker, restarts included. */
  readonly address: string;
  readonly version: string;
  /** Null unless asked for. */
  readonly secured: Secured | null;
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
  /** Adds listeners with TLS and SASL, and an authorizer. */
  readonly secured?: boolean;
  /** These win over ours. */
  readonly settings?: Settings;
  readonly heapMb?: number;
  /** Compiles for speed instead of a quick start: for measurements. */
  readonly optimize?: boolean;
  readonly startWithinMs?: number;
  readonly progress?: Progress;
};

/**
 * Installs Kafka if need be, and starts it.
 *
 * @throws {ConfigError} what `install`, `identify` and `startJvm` throw
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { version = DEFAULT_VERSION, dataFolder, progress } = options;
  const installation = await install(version, progress);
  if (dataFolder !== undefined) return startIn(resolve(dataFolder), installation, options);
  const folder = mkdtempSync(join(tmpdir(), "sequitur-broker-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const broker = await startIn(folder, installation, options);
    return { ...broker, stop: () => broker.stop().then(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function startIn(folder: string, installation: Installation, options: BrokerOptions): Promise<Broker> {
  const { version } = installation;
  const identity = await identify(folder, version, options.port ?? 0);
  const certificates = options.secured === true ? await makeCertificates(installation) : null;
  const files = prepare(folder, installation, identity, certificates, options.settings ?? {});
  const launch = (): Promise<Jvm> =>
    startJvm({
      classpath: installation.classpath,
      ...files,
      heapMb: options.heapMb ?? 384,
      optimize: options.optimize ?? false,
      temporaryFolder: options.dataFolder === undefined ? folder : null,
      startWithinMs: options.startWithinMs ?? 60_000,
    });
  let jvm = await launch();
  return {
    address: `${HOST}:${identity.ports.broker}`,
    version,
    secured: certificates === null ? null : securedOf(identity.ports, certificates),
    pid: () => (jvm.isAlive() ? jvm.pid : null),
    logFile: files.logFile,
    kill: () => jvm.end("SIGKILL"),
    async restart() {
      await jvm.end("SIGKILL");
      jvm = await launch();
    },
    stop: () => jvm.end("SIGTERM"),
  };
}
