// The simulation is shown mistakes: each is planted into a copy of the engine, and a world that is known has to notice it. A swarm
// that lets one through would have let it through in earnest.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs, note } from "../../run/ask.ts";
import { BANK } from "./bank/bank.ts";
import { whatIsSeen, worldsWith } from "./bank/planted.ts";
import { rowOf, TABLE_HEAD } from "./bank/table.ts";

const it = suite("bug bank");
allowMs(240_000);

const LEAST = 60;
const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

it("has a name and a seed for each", () => {
  assert.ok(BANK.length >= LEAST, `${BANK.length} bugs`);
  assert.is(new Set(BANK.map(({ name }) => name)).size, BANK.length);
  for (const { name, seed } of BANK) assert.ok(seed >= 1 && seed <= 10_000, `npm run bank -- --find ${name}`);
});

it("sees each planted bug in its world, and the table says what it sees", async () => {
  const missed: string[] = [];
  const rows: string[] = [...TABLE_HEAD];
  for (const bug of BANK) {
    const seen = await whatIsSeen(await worldsWith(bug), bug.seed);
    if (seen === null) missed.push(bug.name);
    else rows.push(rowOf(bug, seen));
  }
  assert.equal(missed, []);
  const missing = rows.filter((row) => !README.includes(`\n${row}\n`));
  assert.equal(missing, [], "npm run bank prints the table of spec/README.md");
  assert.ok(
    README.includes(`\n${rows.join("\n")}\n\n`),
    "the table of spec/README.md has rows too many, or another order",
  );
  note(`${BANK.length} planted bugs`);
});

it("sees nothing in the same worlds without them", async () => {
  const worlds = await worldsWith(null);
  const seen = new Set<string>();
  for (const { seed, guarantee } of BANK) {
    const world = `seed ${seed}, ${guarantee}`;
    if (!seen.has(world)) assert.is(await whatIsSeen(worlds, seed, guarantee), null, world);
    seen.add(world);
  }
});

it("plants nothing where the text does not stand exactly once", async () => {
  const plant = (text: string): Promise<string | null> =>
    worldsWith({ name: "b", file: "time/watermark.ts", text, instead: text, breaks: "nothing", seed: 1 }).then(
      () => null,
      (error: Error) => error.message,
    );
  assert.is(await plant("newest = at;"), null);
  assert.is(
    await plant("nobody wrote this"),
    '"b" cannot be planted: its text stands 0 times in lib/time/watermark.ts.',
  );
  assert.match((await plant("newest")) ?? "", /^"b" cannot be planted: its text stands \d+ times in lib/);
});

it.run();
