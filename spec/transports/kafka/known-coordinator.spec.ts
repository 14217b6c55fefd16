// The end of a transaction, asked of brokers that give up their office, are late with it, fall silent or refuse, before or after they
// decided: what is said to be committed is, what is said to be fenced is not, and nothing is asked again behind a silence.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import type {
  CreateTransactionManager,
  ProtocolErrors,
  TransactionManager,
} from "../../../lib/transports/kafka/kafkajs-parts.ts";
import { patches } from "../../../lib/transports/kafka/patches.ts";
import { privateCopy } from "../../../lib/transports/kafka/private-copy.ts";

const it = suite("known coordinator");
const require = createRequire(import.meta.url);
const folder = dirname(require.resolve("kafkajs/package.json"));
const load = privateCopy(folder, patches(createCodecs(null)));
const { createErrorFromCode } = load("src/protocol/error.js") as ProtocolErrors;

const NODES = 3;
const TRIES = 4;

/** What becomes of a request: whether the end is written down, and what is answered; `null` is nothing. */
type Fate = { readonly decides: boolean; readonly code: number | null };
const WELL: Fate = { decides: true, code: 0 };
const [LOADING, NOT_AVAILABLE, NOT_COORDINATOR, CONCURRENT] = [14, 15, 16, 51];
const [FENCED, BAD_STATE] = [47, 48];
/** Not yet there, or asked in vain; then with the end written down, and the office lost over it. */
const AGAIN: readonly Fate[] = [
  { decides: false, code: LOADING },
  { decides: false, code: NOT_COORDINATOR },
  { decides: true, code: NOT_COORDINATOR },
  { decides: true, code: NOT_AVAILABLE },
  { decides: true, code: CONCURRENT },
];
const SILENCES: readonly Fate[] = [
  { decides: false, code: null },
  { decides: true, code: null },
];
const REFUSALS: readonly Fate[] = [
  { decides: false, code: FENCED },
  { decides: false, code: BAD_STATE },
];
const FATES = [WELL, ...AGAIN, ...SILENCES, ...REFUSALS];

type Ended = {
  /** What `commit` threw; `null` if nothing. */
  readonly error: (Error & { readonly type?: string }) | null;
  readonly isCommitted: boolean;
  readonly requests: readonly object[];
  /** Which node was asked each time. */
  readonly asked: readonly number[];
  readonly manager: TransactionManager;
};

/** Commits a transaction where requests for its end meet `fates`, one after the other, and then `rest`. */
async function commitMeeting(fates: readonly Fate[], rest: Fate = WELL): Promise<Ended> {
  const requests: object[] = [];
  const asked: number[] = [];
  let isCommitted = false;
  const nodeOf = (nodeId: number) => ({
    nodeId,
    initProducerId: async () => ({ producerId: 5, producerEpoch: 2 }),
    addPartitionsToTxn: async () => {},
    endTxn: async (request: object) => {
      const { decides, code } = fates[requests.length] ?? rest;
      requests.push(request);
      asked.push(nodeId);
      isCommitted ||= decides;
      if (code === null) throw Object.assign(new Error("Closed connection"), { name: "KafkaJSConnectionClosedError" });
      if (code !== 0) throw createErrorFromCode(code);
    },
  });
  const cluster = {
    retry: { initialRetryTime: 1, maxRetryTime: 1, retries: TRIES },
    findGroupCoordinator: async () => nodeOf(requests.length % NODES),
    findBroker: async ({ nodeId }: { readonly nodeId: unknown }) => nodeOf(nodeId as number),
    findControllerBroker: async () => nodeOf(0),
    refreshMetadataIfNecessary: async () => {},
  };
  const options = { cluster, logger: { debug: () => {} }, transactional: true, transactionalId: "app.0" };
  const manager = (load("src/producer/eosManager/index.js") as CreateTransactionManager)(options);
  await manager.initProducerId();
  manager.beginTransaction();
  await manager.addPartitionsToTransaction([{ topic: "state", partitions: [{ partition: 0 }] }]);
  const error = await manager.commit().then(
    () => null,
    (thrown: Error) => thrown,
  );
  return { error, isCommitted, requests, asked, manager };
}

it("says of a commit what is so, whatever the brokers do", async () => {
  for (const first of FATES)
    for (const second of FATES)
      for (const third of FATES) {
        const fates = [first, second, third];
        const { error, isCommitted, requests } = await commitMeeting(fates);
        const told = `${JSON.stringify(fates)}: ${error?.message ?? "committed"}`;
        if (error === null) assert.ok(isCommitted, told);
        if (error?.type === "INVALID_PRODUCER_EPOCH") assert.not(isCommitted, told);
        const end = fates.findIndex((fate) => !AGAIN.includes(fate));
        assert.is(requests.length, end === -1 ? fates.length + 1 : end + 1, told);
        assert.is(error === null, end === -1 || fates[end] === WELL, told);
        const same = { producerId: 5, producerEpoch: 2, transactionalId: "app.0", transactionResult: true };
        for (const request of requests) assert.equal(request, same);
      }
});

it("asks another node where one says that it does not coordinate, and goes on with the next transaction", async () => {
  const { error, asked, manager } = await commitMeeting([{ decides: false, code: NOT_COORDINATOR }]);
  assert.is(error, null);
  assert.equal(asked, [0, 1]);
  manager.beginTransaction();
  await manager.addPartitionsToTransaction([{ topic: "state", partitions: [{ partition: 0 }] }]);
  await manager.commit();
  assert.equal(asked, [0, 1, 1]);
});

it("asks no more than as often as the client tries anything, and throws what was answered first", async () => {
  const nobody = { decides: false, code: NOT_COORDINATOR };
  const { error, requests } = await commitMeeting([{ decides: false, code: LOADING }], nobody);
  assert.is(error?.type, "GROUP_LOAD_IN_PROGRESS");
  assert.is(requests.length, 1 + TRIES);
});

it.run();
