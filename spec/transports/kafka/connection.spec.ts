// Ports that are no brokers, or no brokers yet: what a service is told, how soon, and what its log said before. The servers are
// real; brokers are in `secured.spec.ts`.

import { once } from "node:events";
import { createRequire } from "node:module";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, SequiturError, type TransportError } from "../../../lib/core/errors.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { connect, describeConnection } from "../../../lib/transports/kafka/connection.ts";
import type { KafkaDefinition, KafkaTls } from "../../../lib/transports/kafka/options.ts";
import { hideSecret } from "../../../lib/transports/kafka/secrets.ts";
import { createSocketFactory } from "../../../lib/transports/kafka/sockets.ts";

const it = suite("connection");
const kafkajs = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");

const TLS: KafkaTls = { ca: null, cert: null, key: null, passphrase: null, serverName: null };

function definition(brokers: readonly string[], changes: Partial<KafkaDefinition> = {}): KafkaDefinition {
  return {
    brokers,
    clientId: "spec",
    groupId: "spec",
    tls: null,
    sasl: null,
    startFrom: "latest",
    onDataLoss: "fail",
    guarantee: "exactly-once",
    commitEveryMs: 100,
    shards: null,
    createTopics: null,
    patches: false,
    connectWithinMs: 400,
    connectionTimeoutMs: 200,
    requestTimeoutMs: 1_000,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 60_000,
    ...changes,
  };
}

type Failure = { readonly error: SequiturError; readonly log: readonly string[]; readonly tookMs: number };

async function failureOf(asked: KafkaDefinition, env = {}): Promise<Failure> {
  const log: string[] = [];
  const since = Date.now();
  const parts = {
    kafkajs,
    clock: systemClock,
    env,
    log: (...line: readonly unknown[]) => log.push(JSON.stringify(line)),
  };
  try {
    await connect(asked, parts);
  } catch (error) {
    assert.instance(error, SequiturError);
    return { error: error as SequiturError, log, tookMs: Date.now() - since };
  }
  throw new Error("a broker answered");
}

/** What `serve` does with each connection, as long as `use` takes. */
async function withServer(
  serve: (socket: Socket) => void,
  use: (address: string) => Promise<void>,
  host = "127.0.0.1",
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  try {
    await use(host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** An address where nothing listens: the port was free a moment ago. */
async function nobody(host = "127.0.0.1"): Promise<string> {
  let free = "";
  await withServer(
    () => {},
    async (address) => {
      free = address;
    },
    host,
  );
  return free;
}

function isUnreachable({ error }: Failure, message: RegExp): void {
  assert.is(error.code, "BROKERS_UNREACHABLE");
  assert.ok((error as TransportError).retriable);
  assert.match(error.message, message);
}

it("waits for a broker as long as connectWithin says, and the log says why", async () => {
  const address = await nobody();
  const failure = await failureOf(definition([address]));
  isUnreachable(
    failure,
    new RegExp(`^No broker answered within .*\\n  .*nothing listens at ${address}\\. Check the address`),
  );
  assert.ok(failure.tookMs >= 390 && failure.tookMs < 3_000, `${failure.tookMs} ms`);
  assert.is(failure.log.length, 1);
  assert.match(
    failure.log[0] ?? "",
    /"warn","no broker answers yet; trying for another 1s",\{"brokers":\["127.*nothing listens/,
  );
});

it("tries all brokers, of IPv6, too, and tells of each", async () => {
  const addresses = [await nobody(), await nobody("::1")];
  const { error } = await failureOf(definition(addresses));
  for (const address of addresses) assert.ok(error.message.includes(`nothing listens at ${address}.`), error.message);
});

it("does not know a name that nobody knows", async () => {
  const failure = await failureOf(
    definition(["kafka.invalid:9092"], { connectionTimeoutMs: 5_000, connectWithinMs: 0 }),
  );
  isUnreachable(failure, /(no name service knows|gave no answer for) kafka\.invalid:9092/);
  assert.match(failure.log[0] ?? "", /connections to brokers are not encrypted.*kafka\.invalid/);
});

it("says so if a port takes connections and never answers, with TLS and without", async () => {
  await withServer(
    () => {},
    async (address) => {
      const { error } = await failureOf(definition([address]));
      assert.is(error.code, "BROKER_SILENT");
      assert.match(
        error.message,
        new RegExp(`Broker ${address} did not answer in time \\(connecting\\).*check that the port is one of Kafka`),
      );
      isUnreachable(await failureOf(definition([address], { tls: TLS })), new RegExp(`no answer came from ${address}`));
    },
  );
});

it("says so if a port hangs up", async () => {
  for (const hangUp of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()])
    await withServer(
      (socket) => socket.once("data", () => hangUp(socket)),
      async (address) => {
        for (const tls of [null, TLS])
          isUnreachable(
            await failureOf(definition([address], { tls })),
            new RegExp(`closed by ${address}\\. It may be restarting; .*whether it wants TLS or SASL`),
          );
      },
    );
});

it("recognises a port without TLS, at once", async () => {
  await withServer(
    (socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    async (address) => {
      const { error, log } = await failureOf(definition([address], { tls: TLS, connectWithinMs: 60_000 }));
      assert.instance(error, ConfigError);
      assert.is(error.code, "PLAINTEXT_PORT");
      assert.match(error.message, new RegExp(`The port of broker ${address} does not speak TLS`));
      assert.equal(log, []);
    },
  );
});

it("recognises a port that answers with TLS, at once", async () => {
  const alert = Buffer.from([0x15, 0x03, 0x03, 0, 2, 2, 0x46]);
  await withServer(
    (socket) => socket.once("data", () => socket.write(alert)),
    async (address) => {
      const { error } = await failureOf(definition([address], { connectWithinMs: 60_000 }));
      assert.is(error.code, "TLS_PORT");
      assert.match(error.message, /wants TLS \(connecting\)\. Write tls: true/);
    },
  );
});

it("keeps nothing of a dead connection, however often kafkajs lets go of it", async () => {
  const server = createServer((socket) => socket.resume());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const connecting = once(server, "connection");
  const socket = createSocketFactory(() => null)({
    host: "127.0.0.1",
    port,
    ssl: null as never,
    onConnect: () => undefined,
  });
  await connecting;
  socket.destroy();
  await once(socket, "close");
  const before = socket.listenerCount("connect");
  for (let tries = 0; tries < 20; tries += 1) socket.end().unref();
  assert.is(socket.listenerCount("connect"), before);
  server.close();
});

it("does not send a password or a token without TLS, not even over loopback", async () => {
  await withServer(
    (socket) => socket.destroy(),
    async (address) => {
      const [username, password] = [hideSecret("clerk"), hideSecret("open-sesame")];
      const plain = await failureOf(definition([address], { sasl: { mechanism: "plain", username, password } }));
      assert.is(plain.error.code, "SASL_PLAIN_WITHOUT_TLS");
      assert.match(plain.error.message, /would send the password as it is\. Write tls: true, or use scram-sha-512\.$/);
      const token = await failureOf(definition([address], { sasl: { mechanism: "oauthbearer", token: password } }));
      assert.is(token.error.code, "SASL_TOKEN_WITHOUT_TLS");
    },
  );
});

it("misses secrets before it connects", async () => {
  const env = { USER: "clerk" };
  const username = hideSecret({ env: "USER" });
  const sasl = { mechanism: "scram-sha-256", username, password: hideSecret({ env: "PASSWORD" }) } as const;
  const { error } = await failureOf(definition([await nobody()], { sasl }), env);
  assert.is(error.code, "MISSING_SECRET");
  assert.match(
    error.message,
    /^The environment variable PASSWORD should hold the password \(sasl\.password\) and is not set/,
  );
  const token = await failureOf(
    definition(["a:1"], { tls: TLS, sasl: { mechanism: "oauthbearer", token: hideSecret({ env: "T" }) } }),
  );
  assert.match(token.error.message, /^The environment variable T should hold the token/);
});

it("says which certificate or key cannot be used, and where it stands", async () => {
  const broken = hideSecret("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----");
  const ca = await failureOf(definition(["a:1"], { tls: { ...TLS, ca: broken } }));
  assert.is(ca.error.code, "BAD_CERTIFICATE");
  assert.match(ca.error.message, /^tls\.ca from the service file cannot be used: /);
  const tls = { ...TLS, cert: hideSecret({ env: "CERT" }), key: hideSecret({ env: "KEY" }) };
  const own = await failureOf(definition(["a:1"], { tls }), { CERT: "nonsense", KEY: "secret-key-text" });
  assert.is(own.error.code, "BAD_CERTIFICATE");
  assert.match(own.error.message, /^tls\.cert with tls\.key from the environment variable CERT cannot be used/);
  assert.not.ok(own.error.message.includes("secret-key-text"));
});

it("describes a connection without its secrets", () => {
  const brokers = ["a:9092", "b:9092"];
  const secret = hideSecret("open-sesame");
  const of = (changes: Partial<KafkaDefinition>): string => describeConnection(definition(brokers, changes));
  assert.is(of({}), "a:9092,b:9092 without TLS");
  assert.is(of({ tls: TLS }), "a:9092,b:9092 over TLS");
  const scram = { mechanism: "scram-sha-512", username: hideSecret("clerk"), password: secret } as const;
  assert.is(
    of({ tls: { ...TLS, cert: secret, key: secret }, sasl: scram }),
    'a:9092,b:9092 over TLS with a certificate of its own, as "clerk" by SCRAM-SHA-512',
  );
  assert.match(
    of({ sasl: { ...scram, username: hideSecret({ file: "/run/user" }) } }),
    /as the user in the file "\/run\/user" by/,
  );
  assert.match(of({ tls: TLS, sasl: { mechanism: "oauthbearer", token: secret } }), /over TLS, by OAUTHBEARER$/);
});

it.run();
