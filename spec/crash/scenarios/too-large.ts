// A topic of alerts that takes less than an alert: the service fails, nothing of the transaction is seen. Once the topic takes an alert,
// though not two, everything comes, once.
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { until } from "../../transports/kafka/kit.ts";
import { openField } from "../field.ts";
import { failureOf, finished, type Outcome, type Scenario, type Trial } from "../scenario.ts";

/** An alert is about 700 bytes. */
const TOO_LITTLE_BYTES = 300;
const ENOUGH_BYTES = 1_200;
const TOPIC = 2; // as Kafka numbers what can be configured

export const tooLarge: Scenario = {
  name: "too-large",
  what: "alerts too large for their topic, until its limit is raised to a little more than one",
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
    const halving = (): number =>
      field.all().filter((member) => member.lines().some(({ message }) => message.includes("too large together")))
        .length;
    return finished(
      field,
      () => `refused with ${codes.join(" and ")}; with room for one at once, as ${halving()} processes found out`,
      () => codes.every((code) => code === "MESSAGE_TOO_LARGE") && halving() > 0,
    );
  },
};
