// Certificates for the secured listeners, made by Java's keytool, once for all brokers of this machine:
//
//     ca ──signs──► server    for 127.0.0.1 and localhost
//      ├──signs──►  expired   the same, and long over
//      └──signs──►  clerk     of a client, as PEM files: Java cannot hand its key out, so a program of ours does
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CACHE, type Installation } from "./install.ts";
import { toolPath } from "./java.ts";
import { runJava } from "./java-client.ts";
import { withLock } from "./lock.ts";
import { CLERK } from "./users.ts";

export type Certificates = {
  /** PEM: what a client has to trust. */
  readonly caFile: string;
  /** PEM, of a client: Kafka takes it for the user `clerk`. */
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
  /** Key stores of the broker, PKCS12. */
  readonly serverStore: string;
  readonly expiredStore: string;
};

/** Of the key stores, which lie beside it. */
export const STORE_PASSWORD = "changeit";

const SERVER_NAMES = "SAN=ip:127.0.0.1,dns:localhost";
const TEN_YEARS = ["-validity", "3650"];

type Entry = { readonly alias: string; readonly extension: string; readonly validity: readonly string[] };

const CA: Entry = { alias: "ca", extension: "bc:critical=ca:true", validity: TEN_YEARS };
const SIGNED: readonly Entry[] = [
  { alias: "server", extension: SERVER_NAMES, validity: TEN_YEARS },
  { alias: "expired", extension: SERVER_NAMES, validity: ["-startdate", "2020/01/01", "-validity", "30"] },
  { alias: CLERK.username, extension: "EKU=clientAuth", validity: TEN_YEARS },
];

/** The certificates, which are made if they are not there: about five seconds. */
export async function makeCertificates(installation: Installation): Promise<Certificates> {
  const plan = createHash("sha256")
    .update(JSON.stringify([CA, SIGNED]))
    .digest("hex");
  const folder = join(CACHE, `certificates-${plan.slice(0, 8)}`);
  await withLock(join(CACHE, "certificates.lock"), async () => {
    if (existsSync(folder)) return;
    const draft = mkdtempSync(join(CACHE, "draft-"));
    try {
      await fill(draft, installation);
      renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
  return {
    caFile: join(folder, "ca.pem"),
    clientCertificateFile: join(folder, "client.pem"),
    clientKeyFile: join(folder, "client-key.pem"),
    serverStore: join(folder, "server.p12"),
    expiredStore: join(folder, "expired.p12"),
  };
}

/** A store for each entry: a broker would choose any of those in its store. */
async function fill(folder: string, installation: Installation): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const everything = join(folder, "ca.p12");
  await keytool(everything, ["-genkeypair", ...describe(CA)]);
  for (const entry of SIGNED) {
    const store = join(folder, `${entry.alias}.p12`);
    await keytool(everything, ["-genkeypair", "-signer", CA.alias, ...describe(entry)]);
    const words = ["-importkeystore", "-srckeystore", everything, "-srcstorepass", STORE_PASSWORD];
    await keytool(store, [...words, "-srcalias", entry.alias], "dest");
  }
  await keytool(everything, ["-exportcert", "-rfc", "-alias", CA.alias, "-file", join(folder, "ca.pem")]);
  await exportPem(installation, join(folder, `${CLERK.username}.p12`), folder);
}

function describe({ alias, extension, validity }: Entry): readonly string[] {
  const key = ["-keyalg", "EC", "-groupname", "secp256r1"];
  return ["-alias", alias, "-dname", `CN=${alias}`, "-ext", extension, ...key, ...validity];
}

async function keytool(store: string, words: readonly string[], side: "" | "dest" = ""): Promise<void> {
  const where = [`-${side}keystore`, store, `-${side}storepass`, STORE_PASSWORD, `-${side}storetype`, "PKCS12"];
  await promisify(execFile)(toolPath("keytool"), [...words, ...where]);
}

async function exportPem(installation: Installation, store: string, folder: string): Promise<void> {
  const printed: Buffer[] = [];
  const { code, stderr } = await runJava({
    installation,
    main: "ExportPem",
    isOurs: true,
    words: [store, STORE_PASSWORD],
    onOutput: (bytes) => printed.push(bytes),
    withinMs: 60_000,
  });
  if (code !== 0) throw new Error(`The key of ${store} could not be read:\n${stderr}`);
  const [key = "", ...certificates] = Buffer.concat(printed)
    .toString()
    .split(/(?=-----BEGIN CERTIFICATE)/);
  writeFileSync(join(folder, "client-key.pem"), key, { mode: 0o600 });
  writeFileSync(join(folder, "client.pem"), certificates.join(""));
}
