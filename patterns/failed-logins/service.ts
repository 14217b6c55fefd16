import { service, topic } from "sequitur/service";
import { failedLogins, type LoginEvent } from "./pattern.ts";

export default service({
  app: "failed-logins",
  inputs: [topic<LoginEvent>("logins", { key: (e) => e.user, time: (e) => e.at, outOfOrderness: "30s" })],
  patterns: [failedLogins],
});
