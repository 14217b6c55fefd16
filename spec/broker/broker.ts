// A real Apache Kafka on loopback: one node, or several that are a cluster; about two seconds to start, gone with the process that started it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { type Common, type Files, type Identity, identify, prepare } from "./data-folder.ts";
import { DEFAULT_VERSION, install, type KafkaVersion, kafkaId, type Progress } from "./install.ts";
import { type Jvm, startJvm } from "./jvm.ts";
import { type Secured, securedOf } from "./secured.ts";
import { HOST, type Node, type Settings } from "./settings.ts";

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

/** Nodes that are brokers and controllers of one cluster; what is written to one, up to three have. */
export type Cluster = {
  /** Of all nodes, with commas between. */
  readonly address: string;
  readonly version: string;
  readonly nodes: readonly Broker[];
  /** Stops all and removes their data, unless these have a folder of their own. */
  readonly stop: () => Promise<void>;
};

export type BrokerOptions = {
  readonly version?: KafkaVersion;
  /** 0 takes any. The nodes of a cluster take one after the other. */
  readonly port?: number;
  /** Where its data stay between runs; without it they live as long as the broker. */
  readonly dataFolder?: string;
  /** Adds listeners with TLS and SASL, and an authorizer. */
  readonly secured?: boolean;
  /** These win over ours. */
  readonly settings?: Settings;
  /** Of each node. */
  readonly heapMb?: number;
  /** Compiles for speed instead of a quick start: for measurements. */
  readonly optimize?: boolean;
  readonly startWithinMs?: number;
  readonly progress?: Progress;
};

export type ClusterOptions = BrokerOptions & { readonly brokers: number };

/**
 * Installs Kafka if need be, and starts it.
 *
 * @throws {ConfigError} what `install`, `identify` and `startJvm` throw
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { nodes, stop } = await startCluster({ ...options, brokers: 1 });
  return { ...(nodes[0] as Broker), stop };
}

/**
 * As `startBroker`, so many nodes. A cluster of three goes on without one of them: its leaders move within some three seconds.
 *
 * @throws {ConfigError} what `install`, `identify` and `startJvm` throw
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { version = DEFAULT_VERSION, dataFolder, brokers, progress } = options;
  const installation = await install(version, progress);
  const folders = Array.from({ length: brokers }, (_, n) => folderOf(dataFolder, n + 1, brokers));
  const remove = (): void => {
    if (dataFolder !== undefined) return;
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const certificates = options.secured === true ? await makeCertificates(installation) : null;
    const common = { clusterId: kafkaId(), installation, certificates, settings: options.settings ?? {} };
    const nodes = await startAll(folders, common, options);
    return {
      address: nodes.map(({ address }) => address).join(","),
      version,
      nodes,
      stop: () => stopAll(nodes).then(remove),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Of a temporary node one that its watchdog can remove by itself. */
function folderOf(dataFolder: string | undefined, id: number, brokers: number): string {
  if (dataFolder === undefined) return mkdtempSync(join(tmpdir(), "sequitur-broker-"));
  return brokers === 1 ? resolve(dataFolder) : resolve(dataFolder, String(id));
}

async function startAll(
  folders: readonly string[],
  common: Common,
  options: BrokerOptions,
): Promise<readonly Broker[]> {
  const { port = 0 } = options;
  const nodes: (Node & Identity & { readonly folder: string })[] = [];
  for (const [n, folder] of folders.entries()) {
    const identity = await identify(folder, common.installation.version, port === 0 ? 0 : port + n);
    nodes.push({ ...identity, id: n + 1, folder });
  }
  // None is ready before most of them are there.
  const started = await Promise.allSettled(
    nodes.map((node) => startNode(prepare(node.folder, node, nodes, common), node, common, options)),
  );
  const brokers = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed === undefined) return brokers;
  await Promise.all(brokers.map((each) => each.kill()));
  throw failed.reason;
}

async function startNode(
  files: Files,
  { folder, ports }: Identity & { readonly folder: string },
  { installation, certificates }: Common,
  options: BrokerOptions,
): Promise<Broker> {
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
    address: `${HOST}:${ports.broker}`,
    version: installation.version,
    secured: certificates === null ? null : securedOf(ports, certificates),
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

async function stopAll(nodes: readonly Broker[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
}
