// The broker of a spec file. Where there can be none its suites are skipped with the reason; in CI that is a failure.
//
//     const broker = await requireBroker();
//     const it = broker.suite("kafka source");
//
//     it("reads …", async () => { … broker.address … });
//     it.run();
import { randomUUID } from "node:crypto";
import { suite, type Test } from "uvu";
import { ConfigError } from "../../lib/core/errors.ts";
import { skipBecause } from "../run/ask.ts";
import { type Broker, type BrokerOptions, startBroker } from "./broker.ts";
import { DEFAULT_VERSION } from "./install.ts";
import { logTail } from "./jvm.ts";

/** For each spec file a broker of its own, which ends with the process of the file. */
export type SpecBroker = Broker & {
  /** uvu's `suite`, whose tests and hooks are skipped where there is no broker. */
  readonly suite: (title: string) => Test;
};

export type RequireOptions = Omit<BrokerOptions, "dataFolder" | "progress"> & {
  /** The specs kill or restart it: then a running broker of somebody else will not do. */
  readonly restarts?: boolean;
};

/** Names brokers that run already, `host:port,host:port`: no broker is started then. */
const VARIABLE = "SEQUITUR_TEST_BROKERS";

/** Starts a broker for this spec file, or takes the one of `SEQUITUR_TEST_BROKERS`. About two seconds. */
export async function requireBroker(options: RequireOptions = {}): Promise<SpecBroker> {
  const { restarts = false, ...rest } = options;
  const named = process.env[VARIABLE];
  if (named !== undefined && named !== "") {
    if (restarts) return absent(`${VARIABLE} names brokers that are not ours to kill`);
    if ((rest.version ?? DEFAULT_VERSION) !== DEFAULT_VERSION)
      return absent(`${VARIABLE} is used for ${DEFAULT_VERSION}`);
    if (rest.settings !== undefined) return absent(`${VARIABLE} names brokers with settings of their own`);
    return { ...NOBODY, address: named, version: "unknown", suite };
  }
  try {
    const broker = await startBroker(rest);
    showLogAtExit(broker);
    return { ...broker, suite };
  } catch (error) {
    if (error instanceof ConfigError && CANNOT_RUN.has(error.code)) return absent(error.message);
    throw error;
  }
}

/** A name for a topic or a group that nobody else uses on brokers that are shared. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

/** What a machine lacks, as opposed to what went wrong. */
const CANNOT_RUN = new Set(["NO_JAVA", "OLD_JAVA", "NO_JDK", "NO_MAVEN", "KAFKA_NOT_FETCHED"]);

function notOurs(): never {
  throw new Error("This broker was not started here: requireBroker({ restarts: true }) asks for one that was.");
}

const NOBODY: Omit<Broker, "address" | "version"> = {
  pid: () => null,
  logFile: "",
  kill: async () => notOurs(),
  restart: async () => notOurs(),
  stop: async () => {},
};

function absent(reason: string): SpecBroker {
  if (process.env["CI"] === "true") throw new Error(`CI must not skip the specs that need a broker: ${reason}`);
  skipBecause(reason);
  return { ...NOBODY, address: "127.0.0.1:1", version: "none", suite: skippedSuite };
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
      console.log(`the end of the broker's log:\n${logTail(logFile)}`);
    } catch {
      // It was stopped, and its log is gone.
    }
  });
}
