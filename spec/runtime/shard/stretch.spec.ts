// A stretch as bytes: what each owner froze, sealed by one checkpoint, in calls of a size that brokers take.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { atOnce } from "../../../lib/core/slices.ts";
import type { OutputRecord } from "../../../lib/runtime/ports.ts";
import type { ServiceIdentity } from "../../../lib/runtime/shard/context.ts";
import { freeze, parcels, type SavedForm, stretchOf } from "../../../lib/runtime/shard/stretch.ts";
import type { PlacedRecord } from "../../../lib/runtime/shard-ports.ts";
import type { Task } from "../../../lib/runtime/task.ts";
import type { Page } from "../../../lib/state/entry.ts";
import { FORMS_LANE, formFreezer, readForm } from "../../../lib/state/form.ts";
import { createReplay } from "../../../lib/state/replay.ts";
import { startTask } from "../kit.ts";

const it = suite("shards, stretches");

const IDENTITY: ServiceIdentity = { app: "shop", instance: "i", release: 1, shards: 1, partitions: 2, patterns: [] };

/** Of one pattern, of which nothing is saved yet. */
const FORMS: readonly SavedForm[] = [
  { pattern: { name: "p", version: 1, fingerprint: "f" }, freezer: formFreezer("its form", [], "here") },
];

const outputOf = (bytes: number): PlacedRecord => ({
  record: { topic: "out", key: null, value: new Uint8Array(bytes), headers: new Map(), timestamp: 0 },
  partition: 0,
});

it("sends outputs first, together with the blocks behind them", () => {
  const outputs = [400_000, 100_000].map(outputOf);
  const [first, second] = [new Uint8Array(350_000), new Uint8Array(200_000)];
  assert.equal([...parcels({ outputs: [], blocks: [] })], []);
  assert.equal([...parcels({ outputs: [], blocks: [first] })], [{ outputs: [], blocks: [first] }]);
  assert.equal(
    [...parcels({ outputs, blocks: [first, second] })],
    [
      { outputs, blocks: [first] },
      { outputs: [], blocks: [second] },
    ],
  );
});

it("writes the pages that are due, deltas first, and nothing of those who have not changed", () => {
  const { task } = startTask({}, 2);
  const asked: (readonly number[] | "all")[] = [];
  const frozenLanes = task.lanes.map((lane) => ({
    partition: lane.partition,
    patterns: {
      freezers: [
        {
          // biome-ignore lint/correctness/useYield: nothing here takes long
          freeze: function* (whole: readonly number[] | "all") {
            asked.push(whole);
            const isFirst = lane.partition === 0;
            return {
              pages: whole === "all" || whole.length > 0 ? [{ page: 4, bytes: Buffer.from("page") }] : [],
              delta: isFirst ? Buffer.from("delta") : null,
            };
          },
        },
      ],
    },
  }));
  const faked = { lanes: frozenLanes, save: () => task.save() } as unknown as Task;
  const due = [
    { lane: 0, pattern: 0, page: 4 },
    { lane: 1, pattern: 7, page: 1 },
  ];
  const stretch = atOnce(stretchOf(faked, [], [], due, () => 0));
  assert.equal(asked, [[4], []]);
  assert.equal(
    stretch.pieces.map(({ kind, lane }) => `${kind} ${lane}`),
    ["delta 0", "page 0"],
  );
  assert.equal(
    atOnce(stretchOf(faked, [], [], "all", () => 0)).pieces.map(({ kind, lane }) => `${kind} ${lane}`),
    ["delta 0", "page 0", "page 1"],
  );
});

it("reads as one sealed checkpoint, and knows its pages and bytes", () => {
  const { task } = startTask({}, 2);
  const record: OutputRecord = {
    topic: "alerts",
    key: null,
    value: Buffer.from("{}"),
    headers: new Map(),
    timestamp: 0,
  };
  const stretch = atOnce(stretchOf(task, FORMS, [{ kind: "alert", record }], "all", ({ topic }) => topic.length));
  assert.equal(stretch.outputs, [{ record, partition: 6 }]);
  const frozen = freeze(stretch, 9, 40n, IDENTITY);
  const replay = createReplay(IDENTITY, "here");
  for (const [index, block] of frozen.blocks.entries()) replay.take(50n + BigInt(index), block);
  replay.finish(40n);
  assert.equal(replay.last?.checkpoint.seq, 9);
  assert.equal(replay.last?.checkpoint.lanes, stretch.lanes);
  assert.equal(replay.last?.pages, frozen.pages);
  assert.is(replay.last?.bytes, frozen.bytes);
  assert.is(frozen.pages.length, 3);
  assert.equal(replay.last?.checkpoint.patterns, [{ name: "p", version: 1, fingerprint: "f" }]);
  const form = replay.pieces({ lane: FORMS_LANE, pattern: 0 }).map(({ entry }) => entry);
  assert.is(readForm(form, "here"), "its form");
});

it("writes a form once, when it is due, and when it is another than the one that is saved", () => {
  const [{ freezer }] = FORMS as readonly [SavedForm];
  const page: Page = { kind: "page", lane: FORMS_LANE, pattern: 0, page: 0, bytes: Buffer.from("its form") };
  const pagesWith = (form: string, due: readonly number[] | "all"): number =>
    atOnce(formFreezer(form, [page], "here").freeze(due)).pages.length;
  assert.is(freezer === null ? 0 : atOnce(freezer.freeze([])).pages.length, 0);
  assert.equal([pagesWith("its form", []), pagesWith("its form", [0]), pagesWith("its form", "all")], [0, 1, 1]);
  assert.is(pagesWith("another", []), 1);
  const bad = { ...page, bytes: Uint8Array.of(255) };
  assert.throws(() => readForm([bad], "here"), /^DAMAGED_STATE|The saved state at here is damaged/);
});

it.run();
