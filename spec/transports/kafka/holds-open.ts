// A process that holds a transaction of shard 0 open, with output and state in it, until it is killed. Says "open" when it does.
//
//     node … holds-open.ts ADDRESS APP
import { commitOf, outputTo, stateOf, writerOf } from "./state-kit.ts";

const [address = "", app = ""] = process.argv.slice(2);
const { state } = stateOf(app, address);
await state.open(1, [`${app}-alerts`]);
const writer = await writerOf(state, 0);
await commitOf(writer, [outputTo(`${app}-alerts`, "before")], ["before"]);
const transaction = await writer.begin();
await transaction.send({ outputs: [outputTo(`${app}-alerts`, "in flight")], blocks: [Buffer.from("in flight")] });
process.stdout.write("open\n");
setInterval(() => undefined, 1_000);
