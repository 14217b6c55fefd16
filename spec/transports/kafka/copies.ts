// The modules of kafkajs, with our repairs and without, each in a copy of its own, so that a spec can show what a repair changes.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { patches } from "../../../lib/transports/kafka/patches.ts";
import { privateCopy } from "../../../lib/transports/kafka/private-copy.ts";

const folder = dirname(createRequire(import.meta.url).resolve("kafkajs/package.json"));

export const patched = privateCopy(folder, patches(createCodecs(null)));
export const stock = privateCopy(folder, new Map());
export const both = [patched, stock] as const;
