// What a service that is exactly once has written, held against what has to come out of the whole input: read with Kafka's own
// console consumer, committed records only.
import * as assert from "uvu/assert";
import { consoleConsume } from "../../broker/console-consume.ts";
import type { JavaRecord } from "../../broker/java-produce.ts";
import { alertsIn, expectedOf } from "../../kafka-load/expected.ts";

/** A line with the figures. @throws {Error} if anything is missing, wrong or there twice. */
export async function account(
  broker: { readonly address: string },
  app: string,
  records: Iterable<JavaRecord>,
  partitions: number,
): Promise<string> {
  const expected = expectedOf(records, partitions);
  const alerts = await consoleConsume(broker, `${app}-alerts`);
  const ids = alerts.map(({ headers }) => headers.find(([name]) => name === "id")?.[1]);
  const found = alertsIn(alerts.map(({ value }) => value));
  const missing = expected.alerts.filter((said) => !found.includes(said));
  const wrong = found.filter((said) => !expected.alerts.includes(said));
  const verdict = {
    expected: expected.alerts.length,
    found: found.length,
    missing: missing.length,
    wrong: wrong.length,
    twice: ids.length - new Set(ids).size,
  };
  const line = JSON.stringify(verdict);
  assert.equal(found, expected.alerts, line);
  assert.is(new Set(ids).size, ids.length);
  assert.is((await consoleConsume(broker, `${app}-late`)).length, expected.late);
  assert.is((await consoleConsume(broker, `${app}-dead-letters`)).length, expected.broken);
  return line;
}
