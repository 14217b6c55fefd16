// What is asked for again and again is done once at a time, and once more behind the last who asked.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { oneAtATime } from "../../../lib/transports/kafka/one-at-a-time.ts";
import { settle } from "../../runtime/engine-kit.ts";

const it = suite("one at a time");

function begin() {
  const failures: string[] = [];
  let begun = 0;
  let end: (error?: Error) => void = () => undefined;
  const ask = oneAtATime(
    () =>
      new Promise((resolve, reject) => {
        begun += 1;
        end = (error) => (error === undefined ? resolve() : reject(error));
      }),
    (error) => failures.push(error.message),
  );
  const finish = async (error?: Error): Promise<void> => {
    end(error);
    await settle();
  };
  return { ask, finish, begun: () => begun, failures };
}

it("who ask in one turn are served together, behind it", async () => {
  const { ask, finish, begun } = begin();
  for (let n = 0; n < 5; n += 1) ask();
  assert.is(begun(), 0);
  await settle();
  assert.is(begun(), 1);
  await finish();
  assert.is(begun(), 1);
});

it("however many ask while it is being done, it is done once more, and not before it is done", async () => {
  const { ask, finish, begun } = begin();
  ask();
  await settle();
  for (let wave = 0; wave < 4; wave += 1) {
    ask();
    await settle();
  }
  assert.is(begun(), 1);
  await finish();
  assert.is(begun(), 2);
  await finish();
  assert.is(begun(), 2);
  ask();
  await settle();
  assert.is(begun(), 3);
});

it("tells of what it throws, and does nothing more", async () => {
  const { ask, finish, begun, failures } = begin();
  ask();
  await settle();
  ask();
  await finish(new Error("in vain"));
  assert.equal([begun(), failures], [1, ["in vain"]]);
});

it.run();
