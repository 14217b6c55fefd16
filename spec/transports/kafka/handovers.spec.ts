// The judge of members that share a topic: it allows what forgotten runs explain, and nothing else.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { partitionOf } from "../../../lib/transports/partitioner.ts";
import { expectedOf } from "../../kafka-load/expected.ts";
import { type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { explain, type Stretch, type Unexplained } from "./handovers.ts";

const it = suite("what handovers explain");

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 12_000, keys: 300, seed: 11 };
const expected = new Set(expectedOf(traffic(TRAFFIC), PARTITIONS).alerts);
const counts = Array.from({ length: PARTITIONS }, () => 0);
/** Where each event is, by its number. */
const places = [...traffic(TRAFFIC)].map(({ key }) => {
  const partition = partitionOf(Buffer.from(key as string), PARTITIONS);
  const offset = counts[partition] as number;
  counts[partition] = offset + 1;
  return { partition, offset };
});

/** One member that reads everything. */
const ALONE: readonly Stretch[] = counts.map((end, partition) => ({ partition, begins: 0, settled: end, read: end }));
const NOTHING: Unexplained = { skipped: [], missing: [], wrong: [] };

type Place = { readonly partition: number; readonly offset: number };

function placeOf(event: number): Place {
  return places[event] as Place;
}

/** Somebody else goes on with a partition at `place`, when the first has read so many events beyond it. */
function handedOver({ partition, offset }: Place, readOn = 0): readonly Stretch[] {
  const end = counts[partition] as number;
  return ALONE.flatMap((whole) =>
    whole.partition === partition
      ? [
          { partition, begins: 0, settled: offset, read: offset + readOn },
          { partition, begins: offset, settled: end, read: end },
        ]
      : [whole],
  );
}

function judged(stretches: readonly Stretch[], found: ReadonlySet<string>): Unexplained {
  return explain(traffic(TRAFFIC), PARTITIONS, stretches, found);
}

it("one member has to find exactly what is to be found", () => {
  assert.equal(judged(ALONE, expected), NOTHING);
  const [some] = expected;
  const without = new Set([...expected].filter((said) => said !== some));
  assert.equal(judged(ALONE, without), { ...NOTHING, missing: [some] });
  assert.equal(judged(ALONE, new Set([...expected, "testing 4290-6833"])), {
    ...NOTHING,
    wrong: ["testing 4290-6833"],
  });
});

it("a record that nobody dealt with is found out, whether or not an alert is missing", () => {
  const { partition, offset } = placeOf(5_000);
  const stretches = handedOver(placeOf(5_000)).map((each) =>
    each.partition === partition && each.begins > 0 ? { ...each, begins: offset + 2 } : each,
  );
  assert.equal(judged(stretches, expected).skipped, [`${partition}:${offset}`, `${partition}:${offset + 1}`]);
});

// Card 14: 3124 and 4291 match, which drops the run that began at 4290. Whoever begins between 3124 and 4288 knows nothing of
// 3124, so the run of 4290 lives on and matches 25 seconds later, where otherwise 6835 would have.
it("a forgotten run lets other runs live that its match would have dropped, however much later they match", () => {
  assert.ok(expected.has("testing 3124-4291") && expected.has("testing 6835-6833"));
  const found = new Set([...expected].filter((said) => said !== "testing 6835-6833").concat("testing 4290-6833"));
  const complaints = (before: number): readonly string[] => {
    const { missing, wrong } = judged(handedOver(placeOf(before)), found);
    return [...missing, ...wrong].filter((said) => said.endsWith("-6833"));
  };
  assert.equal(complaints(4_288), []);
  assert.equal(complaints(6_832), ["testing 6835-6833", "testing 4290-6833"]);
});

it("whoever gives a partition away may have sent what the events that it read complete, and no more than that", () => {
  const said = "testing 9323-10060";
  assert.ok(expected.has(said));
  const { partition, offset } = placeOf(9_323);
  const between = placeOf(10_060).offset - offset - 1;
  const isWrong = (readOn: number): boolean =>
    judged(handedOver({ partition, offset: offset + 1 }, readOn), expected).wrong.includes(said);
  assert.ok(isWrong(between));
  assert.not(isWrong(between + 1));
});

it.run();
