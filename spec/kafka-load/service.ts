// The service under load as a process of its own: `sequitur run spec/kafka-load/service.ts --brokers …`. Its name comes from the
// environment.
import { env } from "../../lib/service/index.ts";
import { salesService } from "./traffic.ts";

export const sales = salesService(env("SALES_APP"), {
  idleAfter: "20s",
  kafka: { startFrom: "earliest", sessionTimeout: "6s" },
});
