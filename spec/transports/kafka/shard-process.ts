// The service under load, by shards, as a process of its own: until SIGTERM, until it fails, or until it dies where it was told to.
// Its log goes to stdout.
//
//     node … shard-process.ts ADDRESS APP SESSION_MS ["after endTxn 7"]
import { salesService } from "../../kafka-load/traffic.ts";
import { dieAt, parseDeath } from "./dies-at.ts";
import { runShardsOnKafka } from "./shards-kit.ts";

const [address = "", app = "", sessionMs = "", death] = process.argv.slice(2);
if (death !== undefined) dieAt(parseDeath(death));
const sales = salesService(app, { idleAfter: "20s" });
const { running } = runShardsOnKafka(
  sales,
  address,
  { sessionTimeoutMs: Number(sessionMs) },
  (level, message, fields) => {
    if (level !== "debug") console.log(JSON.stringify({ level, message, ...fields }));
  },
);
process.once("SIGTERM", () => running.stop());
await running.done;
