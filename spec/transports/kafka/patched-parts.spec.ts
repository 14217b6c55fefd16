// The smaller patches, each beside what kafkajs does without it; and that a connection that is closed is noticed.
import { once } from "node:events";
import { createRequire } from "node:module";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Admin, Kafka } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CreateTransactionManager, StockResponse } from "../../../lib/transports/kafka/kafkajs-parts.ts";
import { note } from "../../run/ask.ts";
import { both, patched, stock } from "./copies.ts";
import { decodeWithStock, encode, type WrittenBatch } from "./stock.ts";

const it = suite("patched parts");
const require = createRequire(import.meta.url);

type Queue = { pending: unknown[]; throttledUntil: number; throttleCheckTimeoutId: unknown };

it("starts no timer where no request waits", () => {
  const timers = both.map((load) => {
    const { prototype } = load("src/network/requestQueue/index.js") as { prototype: object };
    return [[], [1]].map((pending) => {
      const queue = Object.assign(Object.create(prototype), {
        pending,
        throttledUntil: -1,
        throttleCheckTimeoutId: null,
      }) as Queue & {
        scheduleCheckPendingRequests(): void;
      };
      queue.scheduleCheckPendingRequests();
      const isStarted = queue.throttleCheckTimeoutId !== null;
      clearTimeout(queue.throttleCheckTimeoutId as NodeJS.Timeout);
      return isStarted;
    });
  });
  assert.equal(timers, [
    [false, true],
    [true, true],
  ]);
});

it("sums up what is written as before", () => {
  const [ours, theirs] = both.map(
    (load) => load("src/protocol/recordBatch/crc32C/index.js") as (bytes: Buffer) => number,
  );
  for (let length = 0; length < 300; length += 1) {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * index * 31 + length) & 255));
    assert.is(ours?.(bytes), theirs?.(bytes));
  }
});

it("who has no membership hears of it with the next heartbeat, and joins", async () => {
  const logger = { namespace: () => logger };
  const [ours, theirs] = both.map((load) => {
    const ConsumerGroup = load("src/consumer/consumerGroup.js") as new (
      options: object,
    ) => { heartbeat(often: object): Promise<void> };
    const group = new ConsumerGroup({ logger, cluster: {}, groupId: "group", topics: [], assigners: [], retry: {} });
    return group.heartbeat({ interval: 0 }).then(
      () => null,
      ({ type }: { readonly type?: string }) => type,
    );
  });
  assert.equal([await ours, await theirs], ["UNKNOWN_MEMBER_ID", null]);
});

it("tells the transaction manager how the client wants to retry", () => {
  const retry = { initialRetryTime: 20 };
  const logger = { namespace: () => logger };
  const seen = both.map((load) => {
    const Cluster = load("src/cluster/index.js") as new (options: object) => { readonly retry?: object };
    return new Cluster({ logger, brokers: ["127.0.0.1:1"], retry, socketFactory: () => {} }).retry;
  });
  assert.equal(seen, [retry, undefined]);
});

it("says of which topic an error is, and which of several counts", async () => {
  const [NOT_ATTEMPTED, NOT_AUTHORIZED, UNKNOWN, NO_LEADER] = [55, 29, 3, 5] as const;
  const outcomeOf = async (load: (typeof both)[number], path: string, data: object): Promise<unknown> => {
    const { parse } = load(`src/protocol/requests/${path}/response.js`) as StockResponse<object>;
    return parse(data).then(
      (parsed) => assert.is(parsed, data),
      ({ type, topic }: { readonly type: string; readonly topic?: string }) => [type, topic],
    );
  };
  const seen = both.map((load) => {
    const added = (codes: object): Promise<unknown> => {
      const errors = Object.entries(codes).map(([topic, errorCode]) => ({ topic, partitionErrors: [{ errorCode }] }));
      return outcomeOf(load, "addPartitionsToTxn/v1", { errors });
    };
    const produced = (codes: object): Promise<unknown> => {
      const topics = Object.entries(codes).map(([topicName, errorCode]) => ({
        topicName,
        partitions: [{ errorCode }],
      }));
      return outcomeOf(load, "produce/v7", { topics });
    };
    const described = (codes: Readonly<Record<string, readonly [number, number]>>): Promise<unknown> => {
      const topicMetadata = Object.entries(codes).map(([topic, [topicErrorCode, partitionErrorCode]]) => ({
        topic,
        topicErrorCode,
        partitionMetadata: [{ partitionErrorCode: 0 }, { partitionErrorCode }],
      }));
      return outcomeOf(load, "metadata/v5", { topicMetadata });
    };
    return Promise.all([
      described({ state: [0, 0], alerts: [0, 0] }),
      described({ state: [0, NO_LEADER], alerts: [UNKNOWN, 0] }),
      described({ state: [0, 0], alerts: [0, NO_LEADER] }),
      added({ state: 0, alerts: 0 }),
      added({ state: NOT_ATTEMPTED, alerts: NOT_AUTHORIZED }),
      added({ state: NOT_ATTEMPTED }),
      produced({ state: 0, alerts: 0 }),
      produced({ state: 0, alerts: NOT_AUTHORIZED }),
    ]);
  });
  const [DENIED, NOTHING] = ["TOPIC_AUTHORIZATION_FAILED", "OPERATION_NOT_ATTEMPTED"];
  const [MISSING, AWAY] = ["UNKNOWN_TOPIC_OR_PARTITION", "LEADER_NOT_AVAILABLE"];
  assert.equal(await Promise.all(seen), [
    [
      undefined,
      [MISSING, "alerts"],
      [AWAY, "alerts"],
      undefined,
      [DENIED, "alerts"],
      [NOTHING, "state"],
      undefined,
      [DENIED, "alerts"],
    ],
    [
      undefined,
      [MISSING, undefined],
      [AWAY, undefined],
      undefined,
      [NOTHING, undefined],
      [NOTHING, undefined],
      undefined,
      [DENIED, undefined],
    ],
  ]);
});

it("says why old records were not deleted, if no broker has said it", async () => {
  const reasons = both.map(async (load) => {
    const { KafkaJSConnectionError: Away } = load("src/errors.js") as {
      readonly KafkaJSConnectionError: new (reason: string, more: object) => Error;
    };
    const createAdmin = load("src/admin/index.js") as (options: object) => Admin;
    const nothing = async (): Promise<void> => {};
    const place = { partition: 0, offset: "5", low: "0", high: "9" };
    const cluster = {
      addTargetTopic: nothing,
      addMultipleTargetTopics: nothing,
      refreshMetadata: nothing,
      refreshMetadataIfNecessary: nothing,
      findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
      findLeaderForPartitions: () => ({ 1: [0] }),
      fetchTopicsOffset: async () => [{ topic: "state", partitions: [place] }],
      findBroker: async () => {
        throw new Away("connect ECONNREFUSED", { broker: "127.0.0.1:1" });
      },
    };
    const logger = { namespace: () => ({ warn: () => {}, error: () => {} }) };
    const admin = createAdmin({ logger, cluster, retry: { retries: 0 } });
    return admin.deleteTopicRecords({ topic: "state", partitions: [place] }).catch((error: Error) => error.message);
  });
  assert.equal(await Promise.all(reasons), [
    "connect ECONNREFUSED",
    "Cannot read properties of undefined (reading 'some')",
  ]);
});

it("asks once who coordinates transactions, and again after a failure", async () => {
  const asked = await Promise.all(
    both.map(async (load) => {
      const create = load("src/producer/eosManager/index.js") as CreateTransactionManager;
      let questions = 0;
      let isFailing = false;
      const broker = {
        nodeId: 1,
        initProducerId: async () => ({ producerId: 5, producerEpoch: 0 }),
        addPartitionsToTxn: async () => assert.not(isFailing),
        endTxn: async () => {},
      };
      const cluster = {
        findGroupCoordinator: async () => {
          questions += 1;
          return broker;
        },
        findBroker: async () => broker,
        findControllerBroker: async () => broker,
        refreshMetadataIfNecessary: async () => {},
      };
      const options = { cluster, logger: { debug: () => {} }, transactional: true, transactionalId: "app.0" };
      const manager = create(options);
      const send = (topic: string): Promise<unknown> =>
        manager.addPartitionsToTransaction([{ topic, partitions: [{ partition: 0 }] }]);
      await manager.initProducerId();
      for (let turn = 0; turn < 3; turn += 1) {
        manager.beginTransaction();
        await send("alerts");
        await send("state");
        await manager.commit();
      }
      const whileWell = questions;
      manager.beginTransaction();
      isFailing = true;
      await send("alerts").catch(() => undefined);
      isFailing = false;
      await send("alerts");
      return [whileWell, questions - whileWell];
    }),
  );
  assert.equal(asked, [
    [2, 1],
    [10, 2],
  ]);
});

for (const [how, close] of [
  ["ends", (socket: Socket) => socket.end()],
  ["drops", (socket: Socket) => socket.destroy()],
  ["resets", (socket: Socket) => socket.resetAndDestroy()],
] as const)
  it(`notices at once when a broker ${how} the connection: this needs no patch`, async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => close(socket));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const { Kafka: KafkaClass } = patched("index.js") as { Kafka: new (options: object) => Kafka };
    const admin = new KafkaClass({
      brokers: [`127.0.0.1:${port}`],
      logLevel: 0,
      requestTimeout: 30_000,
      retry: { retries: 0 },
    }).admin();
    const start = performance.now();
    let failure: unknown;
    await admin.connect().catch((error: unknown) => {
      failure = error;
    });
    const elapsedMs = performance.now() - start;
    await admin.disconnect();
    server.close();
    assert.instance(failure, Error);
    assert.ok(elapsedMs < 10_000, `${elapsedMs} ms of a request timeout of 30 s`);
  });

type Decode = (decoder: object) => Promise<
  readonly { readonly offset: string; readonly value: Buffer }[] & {
    readonly failure?: { readonly kind: string; readonly reason: string; readonly offset: bigint };
  }
>;

/** What the reader of fetches makes of the bytes of a partition. */
async function decode(load: (path: string) => unknown, bytes: Buffer): ReturnType<Decode> {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  const Decoder = load("src/protocol/decoder.js") as new (bytes: Buffer) => object;
  return await (load("src/protocol/requests/fetch/v4/decodeMessages.js") as Decode)(
    new Decoder(Buffer.concat([size, bytes])),
  );
}

/** Messages of format 1, as brokers before 0.11 kept them: `codec` around all of them, or none. */
async function oldFormat(
  values: readonly string[],
  codec: number,
  compress = (bytes: Buffer): Buffer => bytes,
): Promise<Buffer> {
  type Encoder = { readonly buffer: Buffer };
  const messageSet = stock("src/protocol/messageSet/index.js") as (options: object) => Encoder;
  const entries = values.map((value) => ({ timestamp: 5, key: null, value }));
  const inner = messageSet({ messageVersion: 1, compression: 0, entries }).buffer;
  if (codec === 0) return numbered(Buffer.from(inner));
  return numbered(
    Buffer.from(
      messageSet({
        messageVersion: 1,
        compression: 0,
        entries: [{ compression: codec, timestamp: 5, key: null, value: compress(Buffer.from(inner)) }],
      }).buffer,
    ),
  );
}

/** kafkajs' encoder leaves offsets to brokers: they count from 0. */
function numbered(bytes: Buffer): Buffer {
  for (let at = 0, offset = 0n; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8))
    bytes.writeBigInt64BE(offset++, at);
  return bytes;
}

it("leaves older formats to kafkajs, behind a check", async () => {
  const bytes = await oldFormat(["one", "two", "three"], 0);
  const messages = await decode(patched, bytes);
  assert.equal(messages, await decode(stock, bytes));
  assert.equal(
    messages.map(({ offset, value }) => `${offset} ${value}`),
    ["0 one", "1 two", "2 three"],
  );
  assert.is((await decode(patched, bytes.subarray(0, bytes.length - 3))).length, 2);
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(0xff, damaged.length - 1);
  assert.match((await decode(patched, damaged)).failure?.reason ?? "", /^its checksum is wrong/);
  damaged.writeInt32BE(-5, 8);
  assert.is((await decode(patched, damaged)).failure?.reason, "a message in it says it has -5 bytes");
  assert.is((await decode(patched, bytes.subarray(0, 20))).failure?.reason, "it is longer than what was fetched");
});

it("reads compressed messages of older formats with our codecs, and says which is missing", async () => {
  const snappy = require("snappyjs") as { compress(bytes: Buffer): Buffer };
  const bytes = await oldFormat(["one", "two"], 2, (inner) => Buffer.from(snappy.compress(inner)));
  assert.equal(
    (await decode(patched, bytes)).map(({ value }) => String(value)),
    ["one", "two"],
  );
  const zstd = await decode(patched, await oldFormat(["one"], 4));
  assert.equal([zstd.failure?.kind, zstd.failure?.offset], ["codecMissing", 0n]);
});

it("takes an empty answer for what it is", async () => {
  assert.equal(await decode(patched, Buffer.alloc(0)), { batches: [], failure: null });
});

it("reads faster than kafkajs", async () => {
  const value = Buffer.alloc(100, "x");
  const batch: WrittenBatch = {
    firstOffset: 0n,
    lastOffsetDelta: 999,
    firstTimestamp: 1_700_000_000_000n,
    maxTimestamp: 1_700_000_000_000n,
    producerId: -1n,
    transactional: false,
    control: false,
    logAppendTime: false,
    gzip: false,
    records: Array.from({ length: 1000 }, (_, offsetDelta) => ({
      offsetDelta,
      timestampDelta: offsetDelta,
      key: Buffer.from("key"),
      value,
      headers: {},
    })),
  };
  const one = await encode(batch);
  const parts = Array.from({ length: 10 }, (_, index) => {
    const part = Buffer.from(one);
    part.writeBigInt64BE(BigInt(index * 1000), 0);
    return part;
  });
  const bytes = Buffer.concat(parts);
  const ratios: number[] = [];
  for (let round = 0; round < 5; round++) {
    const [ours, theirs] = [
      await nanoseconds(() => decode(patched, bytes)),
      await nanoseconds(() => decodeWithStock(bytes)),
    ];
    ratios.push(theirs / ours);
  }
  note(`10,000 records: ${(ratios.sort((a, b) => a - b)[2] as number).toFixed(1)} times as fast as kafkajs' decoder`);
});

async function nanoseconds(act: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  for (let times = 0; times < 3; times++) await act();
  return Number(process.hrtime.bigint() - start);
}

it.run();
