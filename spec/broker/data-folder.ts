// What belongs to one node on disk: its settings, its log, its data, and which ports and version these are of.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../lib/core/errors.ts";
import type { Certificates } from "./certificates.ts";
import { formatData, type Installation, type KafkaVersion } from "./install.ts";
import { freePorts, isFree } from "./ports.ts";
import { SECURED_NAMES, type SecuredPorts, secure } from "./secured.ts";
import { brokerSettings, HOST, type Node, type Ports, propertiesText, type Settings } from "./settings.ts";

/** What a folder remembers of its node. */
export type Identity = { readonly version: KafkaVersion; readonly ports: Ports & SecuredPorts };

/** What the nodes of a cluster have in common. */
export type Common = {
  /** Of those that are new. */
  readonly clusterId: string;
  readonly installation: Installation;
  readonly certificates: Certificates | null;
  /** These win over ours. */
  readonly settings: Settings;
};

export type Files = { readonly settingsFile: string; readonly logFile: string };

const IDENTITY_FILE = "broker.json";

/**
 * Ports for the node of `folder`: those of its last run, unless `port`, if not 0, says another.
 *
 * @throws {ConfigError} `FOLDER_IN_USE`, `PORT_TAKEN`, or `OLDER_KAFKA`: the data were written by a newer version
 */
export async function identify(folder: string, version: KafkaVersion, port: number): Promise<Identity> {
  const former = readIdentity(folder);
  if (former !== null && Number.parseInt(former.version, 10) > Number.parseInt(version, 10)) {
    throw new ConfigError(
      "OLDER_KAFKA",
      `The data in ${folder} were written by Kafka ${former.version}, and ${version} cannot read them. Start ${former.version}, or choose another folder.`,
    );
  }
  if (former !== null && !(await isFree(former.ports.controller))) {
    throw new ConfigError(
      "FOLDER_IN_USE",
      `The data in ${folder} are those of a broker that runs, on port ${former.ports.broker} of ${HOST}. Stop that, or choose another folder.`,
    );
  }
  const ports = { ...(former?.ports ?? (await choosePorts())), ...(port === 0 ? {} : { broker: port }) };
  if (!(await isFree(ports.broker))) {
    throw new ConfigError(
      "PORT_TAKEN",
      `Port ${ports.broker} of ${HOST} is taken, perhaps by a broker that runs already. Stop that, or choose another port with --port.`,
    );
  }
  return { version, ports };
}

function readIdentity(folder: string): Identity | null {
  const file = join(folder, IDENTITY_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Identity) : null;
}

async function choosePorts(): Promise<Identity["ports"]> {
  const names = ["broker", "controller", ...SECURED_NAMES] as const;
  const free = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, free[index]])) as Identity["ports"];
}

/** Writes what a start of one of `nodes` needs. Data that are there stay as they are. */
export function prepare(
  folder: string,
  { id, ports }: Node & Pick<Identity, "ports">,
  nodes: readonly Node[],
  { clusterId, installation, certificates, settings: more }: Common,
): Files {
  const data = join(folder, "data");
  if (!existsSync(join(data, "meta.properties"))) {
    mkdirSync(data, { recursive: true });
    formatData(installation, data, { clusterId, nodeId: id });
  }
  const plain = brokerSettings(data, { id, ports }, nodes);
  const settings = certificates === null ? plain : secure(plain, ports, certificates);
  const settingsFile = join(folder, "server.properties");
  writeFileSync(settingsFile, propertiesText({ ...settings, ...more }));
  const identity: Identity = { version: installation.version, ports };
  writeFileSync(join(folder, IDENTITY_FILE), `${JSON.stringify(identity)}\n`);
  return { settingsFile, logFile: join(folder, "broker.log") };
}
