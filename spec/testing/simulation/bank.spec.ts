// The simulation is shown mistakes: each is planted into a copy of the engine, and a world that is known has to notice it. A swarm
// that lets one through would have let it through in earnest.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs, note } from "../../run/ask.ts";
import { BANK } from "./bank/bank.ts";
import { freshSeeds } from "./bank/fresh.ts";
import { findBug, type PlantedBug } from "./bank/planted.ts";
import { rowOf, TABLE_HEAD, withSeed, withTable } from "./bank/table.ts";
import { type Crowd, gather } from "./swarm/crowd.ts";

const it = suite("bug bank");
allowMs(600_000);

const LEAST = 60;
const MOST_SEEDS = 10_000;
/** Worlds that nobody has chosen, until one of them finds the bug. */
const FRESH = 200;
/** So many of the bank may need more than these: some bugs are seen by one world in hundreds. */
const MOST_MISSED = 0.15;
const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

let crowd: Crowd;
it.before(() => {
  crowd = gather(1);
});
it.after(() => crowd.close());

it("has a name and a seed for each", () => {
  assert.ok(BANK.length >= LEAST, `${BANK.length} bugs`);
  assert.is(new Set(BANK.map(({ name }) => name)).size, BANK.length);
  for (const { name, seed } of BANK) assert.ok(seed >= 1 && seed <= MOST_SEEDS, `npm run bank -- --find ${name}`);
});

it("sees each planted bug in its world, and the table says what it sees", async () => {
  const missed: string[] = [];
  const rows: string[] = [...TABLE_HEAD];
  for (const bug of BANK) {
    const found = await findBug(crowd, bug, { from: bug.seed, to: bug.seed });
    if (found === null) missed.push(bug.name);
    else rows.push(rowOf(bug, found.seen));
  }
  assert.equal(missed, [], "npm run bank -- --find --write looks for other worlds");
  const missing = rows.filter((row) => !README.includes(`\n${row}\n`));
  assert.equal(missing, [], "npm run bank prints the table of spec/README.md");
  assert.ok(
    README.includes(`\n${rows.join("\n")}\n\n`),
    "the table of spec/README.md has rows too many, or another order",
  );
  note(`${BANK.length} planted bugs`);
});

it("sees nothing in the same worlds without them", async () => {
  for (const seed of new Set(BANK.map((bug) => bug.seed))) {
    const { failed } = await crowd.play({ change: null, from: seed, to: seed, isOneEnough: true });
    assert.equal(failed, []);
  }
});

it("sees planted bugs in fresh worlds, too", async () => {
  const range = freshSeeds(FRESH);
  const needed: number[] = [];
  const missed: string[] = [];
  for (const bug of BANK) {
    const found = await findBug(crowd, bug, range);
    if (found === null) missed.push(bug.name);
    else needed.push(found.seed - range.from + 1);
  }
  needed.sort((one, other) => one - other);
  const median = needed[Math.floor(needed.length / 2)];
  note(
    `fresh worlds from ${range.from} on: ${needed.length} of ${BANK.length} bugs found, in ${median} worlds (median), ${needed.at(-1)} at most; not in ${FRESH}: ${missed.join(", ") || "none"}`,
  );
  assert.ok(missed.length <= MOST_MISSED * BANK.length, `not found in ${FRESH} fresh worlds: ${missed.join(", ")}`);
});

it("plants nothing where the text does not stand exactly once", async () => {
  const plant = async (text: string): Promise<string | undefined> => {
    const bug = { name: "b", file: "time/watermark.ts", text, instead: text, breaks: "nothing", seed: 1 };
    const { failed } = await crowd.play({ change: bug, from: 1, to: 1, isOneEnough: true });
    return failed[0]?.message;
  };
  assert.is(await plant("newest = at;"), undefined);
  assert.is(
    await plant("nobody wrote this"),
    '"b" cannot be planted: its text stands 0 times in lib/time/watermark.ts.',
  );
  assert.match((await plant("newest")) ?? "", /^"b" cannot be planted: its text stands \d+ times in lib/);
});

it("writes seeds and tables where others stood", () => {
  const bugs = '{ name: "one", x: 1, seed: 3, },\n{ name: "two", seed: 0, },';
  assert.is(withSeed(bugs, "two", 7), '{ name: "one", x: 1, seed: 3, },\n{ name: "two", seed: 7, },');
  assert.is(withSeed(bugs, "three", 7), bugs);
  const [bug] = BANK as readonly [PlantedBug];
  const table = `before\n\n${[...TABLE_HEAD, "| old |"].join("\n")}\n\nafter`;
  const row = rowOf(bug, "seen");
  assert.is(withTable(table, [row]), `before\n\n${[...TABLE_HEAD, row].join("\n")}\n\nafter`);
  assert.throws(() => withTable("nothing", []), /no table/);
});

it.run();
