// Steps with which many scenarios begin. Each asks for what it says, in that order, and for nothing else.
import type { TopicPartition } from "../../../../lib/runtime/ports.ts";
import type { Producer, Stage } from "../stage.ts";
import { out, state } from "./places.ts";

/** Takes the transactional id "t" over and begins a transaction, with these records in it. */
export async function writer(stage: Stage, place: TopicPartition, ...values: readonly string[]): Promise<Producer> {
  const producer = await stage.producer("t");
  await producer.add(place);
  await producer.send(place, ...values);
  return producer;
}

/** As a shard does: an alert and a checkpoint in one transaction, which is open. */
export async function checkpointing(stage: Stage, checkpoint: string): Promise<Producer> {
  await stage.topic("out");
  await stage.topic("state");
  const producer = await stage.producer("t");
  await producer.add(out(), state());
  await producer.send(out(), "alert");
  await producer.send(state(), checkpoint);
  return producer;
}

/** As a shard's successor does: it ends what was open and writes that it is there; then what is left is read. */
export async function takeOver(stage: Stage): Promise<void> {
  const successor = await writer(stage, state(), "barrier");
  await successor.committed();
  await stage.read(state());
  await stage.read(out());
}
