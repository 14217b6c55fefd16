// A topic of alerts that takes less at once than the service has to say: it fails, nothing of the transaction is seen, and once the topic
// takes more, everything comes, once.
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { until } from "../../transports/kafka/kit.ts";
import { openField } from "../field.ts";
import { failureOf, finished, type Outcome, type Scenario, type Trial } from "../scenario.ts";

/** An alert is about 700 bytes. */
const TOO_LITTLE_BYTES = 1_200;
const ENOUGH_BYTES = 1_048_588;
const TOPIC = 2; // as Kafka numbers what can be configured

export const tooLarge: Scenario = {
  name: "too-large",
  what: "a message too large for the topic of alerts, until its limit is raised",
  async run({ broker, seed }: Trial): Promise<Outcome> {
    const field = await openField(await broker(), "large", { seed });
    const topic = `${field.app}-alerts`;
    await createTopic(field.broker, topic, 2, { "max.message.bytes": String(TOO_LITTLE_BYTES) });
    field.write();
    const refused = [field.start(), field.start()];
    await until("both have given up", () => refused.every(({ isAlive }) => !isAlive()));
    const codes = refused.map((member) => failureOf(member).code);
    await asAdmin(field.broker, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          { type: TOPIC, name: topic, configEntries: [{ name: "max.message.bytes", value: String(ENOUGH_BYTES) }] },
        ],
      }),
    );
    for (let n = 0; n < 2; n += 1) field.start();
    await field.untilShared(2);
    return finished(
      field,
      () => `refused with ${codes.join(" and ")}; with a larger limit`,
      () => codes.every((code) => code === "MESSAGE_TOO_LARGE"),
    );
  },
};
