// The broker of a spec file. Where there can be none its suites are skipped with the reason; in CI that is a failure.
//
//     const broker = await requireBroker();
//     const it = broker.suite("kafka source");
//
//     it("reads …", async () => { … broker.address … });
//     it.run();
import { suite, type Test } from "uvu";
import { ConfigError } from "../../lib/core/errors.ts";
import { allowMs, skipBecause } from "../run/ask.ts";
import { type Broker, type BrokerOptions, startBroker } from "./broker.ts";
import { DEFAULT_VERSION, install, KAFKA_VERSIONS } from "./install.ts";
import { compiled } from "./java-client.ts";
import { logTail } from "./jvm.ts";
import type { Secured } from "./secured.ts";

/** For each spec file a broker of its own, which ends with the process of the file. */
export type SpecBroker = Broker & {
  /** uvu's `suite`, whose tests and hooks are skipped where there is no broker. */
  readonly suite: (title: string) => Test;
};

export type SecuredSpecBroker = SpecBroker & { readonly secured: Secured };

export type RequireOptions = Omit<BrokerOptions, "dataFolder" | "progress"> & {
  /** The specs kill or restart it: then a running broker of somebody else will not do. */
  readonly restarts?: boolean;
};

/** Names brokers that run already, `host:port,host:port`: no broker is started then. */
const VARIABLE = "SEQUITUR_TEST_BROKERS";

/** Limit of a test: a few starts of Java on a machine that does much else. */
const TEST_MS = 180_000;

/** Starts a broker for this spec file, or takes the one of `SEQUITUR_TEST_BROKERS`. About two seconds. */
export async function requireBroker(options: RequireOptions & { secured: true }): Promise<SecuredSpecBroker>;
export async function requireBroker(options?: RequireOptions): Promise<SpecBroker>;
export async function requireBroker(options: RequireOptions = {}): Promise<SpecBroker> {
  const { restarts = false, ...rest } = options;
  allowMs(TEST_MS);
  const named = process.env[VARIABLE];
  if (named !== undefined && named !== "") {
    if (restarts) return absent(`${VARIABLE} names brokers that are not ours to kill`);
    if (rest.secured === true) return absent(`${VARIABLE} names a listener without security only`);
    if ((rest.version ?? DEFAULT_VERSION) !== DEFAULT_VERSION)
      return absent(`${VARIABLE} is used for ${DEFAULT_VERSION}`);
    if (rest.settings !== undefined) return absent(`${VARIABLE} names brokers with settings of their own`);
    return { ...NOBODY, address: named, version: "unknown", suite };
  }
  try {
    await compiled(await install(rest.version ?? DEFAULT_VERSION)); // Before a test has to wait for it.
    const broker = await startBroker(rest);
    showLogAtExit(broker);
    return { ...broker, suite };
  } catch (error) {
    return absentBecause(error);
  }
}

/** uvu's `suite` for tests that start brokers themselves, skipped where none can run. */
export async function brokerSuite(title: string): Promise<Test> {
  allowMs(TEST_MS);
  try {
    for (const version of KAFKA_VERSIONS) await install(version);
    return suite(title);
  } catch (error) {
    return absentBecause(error).suite(title);
  }
}

/** What a machine lacks, as opposed to what went wrong. */
const CANNOT_RUN = new Set(["NO_JAVA", "OLD_JAVA", "NO_JDK", "NO_MAVEN", "KAFKA_NOT_FETCHED"]);

function notOurs(): never {
  throw new Error("This broker was not started here: requireBroker({ restarts: true }) asks for one that was.");
}

const NOBODY: Omit<Broker, "address" | "version"> = {
  secured: null,
  pid: () => null,
  logFile: "",
  kill: async () => notOurs(),
  restart: async () => notOurs(),
  stop: async () => {},
};

/** Nothing listens there. */
const NOWHERE = "127.0.0.1:1";

// Read, perhaps, while a file is loaded; used by tests that are skipped.
const NOTHING_SECURED: Secured = {
  tls: NOWHERE,
  mutualTls: NOWHERE,
  expiredTls: NOWHERE,
  saslTls: NOWHERE,
  saslPlaintext: NOWHERE,
  caFile: "",
  clientCertificateFile: "",
  clientKeyFile: "",
};

function absentBecause(error: unknown): SpecBroker {
  if (error instanceof ConfigError && CANNOT_RUN.has(error.code)) return absent(error.message);
  throw error;
}

function absent(reason: string): SpecBroker {
  if (process.env["CI"] === "true") throw new Error(`CI must not skip the specs that need a broker: ${reason}`);
  skipBecause(reason);
  return { ...NOBODY, address: NOWHERE, version: "none", secured: NOTHING_SECURED, suite: skippedSuite };
}

/** A suite that skips everything. */
function skippedSuite(title: string): Test {
  const real = suite(title);
  const skip = (): void => real.skip("");
  const hook = (): object => Object.assign(() => {}, { each: () => {} });
  return Object.assign(skip, { only: skip, skip, before: hook(), after: hook(), run: () => real.run() }) as Test;
}

/** The runner shows the output of a file only if something in it failed. */
function showLogAtExit({ logFile }: Broker): void {
  if (process.send === undefined) return;
  process.once("exit", () => {
    try {
      console.log(`the last complaints in the broker's log:\n${logTail(logFile, /WARN|ERROR|FATAL|Exception|Failed/)}`);
    } catch {
      // It was stopped, and its log is gone.
    }
  });
}
