// kafkajs as the rest of this folder gets it: exactly the version that the patches are made for, in a copy of its own.

import type { Batch, IHeaders, KafkaMessage } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";
import type { InputRecord, Log } from "../../runtime/ports.ts";
import { createCodecs } from "./codecs.ts";
import { installedKafkajs, type KafkaJsFiles } from "./installed.ts";
import { patches } from "./patches.ts";
import { RecordView } from "./record-view.ts";
import { findBrokenPatch } from "./self-test.ts";

export type KafkaJs = typeof import("kafkajs");

/** The version that the patches know from the inside. */
const VERSION = "2.2.4";
/** How kafkajs says that a message has none. */
const NO_TIMESTAMP = "-1";
const loaded = new Map<boolean, KafkaJs>();

/**
 * kafkajs, loaded once per process, patched or stock. The patched one is a private copy: whoever imports kafkajs elsewhere in the
 * process gets it as it is, so errors are told apart by their names, not by their classes. `patched: false` is the way out where a
 * patch does harm: stock kafkajs, which can deliver aborted records and hang on compacted topics; that is warned about each time.
 *
 * @throws {ConfigError} `OTHER_KAFKAJS` where the version is not ours, `PATCHES_FAILED` where the patches do not do what they should.
 */
export function loadKafkajs({ patched, log }: { readonly patched: boolean; readonly log: Log }): KafkaJs {
  if (!patched)
    log(
      "warn",
      "kafkajs runs without patches: it can deliver records of aborted transactions, stop for ever at a compacted batch, " +
        "and reads about a third as fast; leave out patches: false",
    );
  const known = loaded.get(patched);
  if (known !== undefined) return known;
  const files = installedKafkajs();
  const kafkajs = patched ? loadPatched(files) : (files.stock("index.js") as KafkaJs);
  loaded.set(patched, kafkajs);
  return kafkajs;
}

/** A patched copy of kafkajs. @throws {ConfigError} as `loadKafkajs`. */
export function loadPatched({ place, copy }: KafkaJsFiles): KafkaJs {
  const load = copy(patches(createCodecs()));
  const { version } = load("package.json") as { readonly version: string };
  if (version !== VERSION)
    throw new ConfigError(
      "OTHER_KAFKAJS",
      `kafkajs ${version} is installed in ${place}, and the patches are made for ${VERSION}. ` +
        `Install kafkajs ${VERSION}, or set kafka: { patches: false } to run the other one without them.`,
    );
  try {
    const kafkajs = load("index.js") as KafkaJs;
    const broken = findBrokenPatch(load);
    if (broken === null) return kafkajs;
    throw patchesFailed(place, `it is not so that it ${broken}`);
  } catch (error) {
    throw error instanceof ConfigError ? error : patchesFailed(place, String(error), error);
  }
}

function patchesFailed(place: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(
    "PATCHES_FAILED",
    `The patches do not work with the kafkajs in ${place}: ${why}. Its files may have been changed: install it again, ` +
      "or set kafka: { patches: false } to run it as it is, without protection from aborted records.",
    { cause },
  );
}

/**
 * The records of a fetched batch. With patches they are the batch's own messages, lazy views of the fetched bytes: nothing is made
 * here. Without, they are made of kafkajs' messages, one object each.
 */
export function recordsOf({ messages }: Batch): readonly InputRecord[] {
  const found: readonly unknown[] = messages;
  return areViews(found) ? found : messages.map(recordOf);
}

function areViews(messages: readonly unknown[]): messages is readonly RecordView[] {
  return messages[0] instanceof RecordView;
}

function recordOf({ offset, timestamp, key, value, headers }: KafkaMessage): InputRecord {
  return {
    offset: BigInt(offset),
    timestamp: timestamp === undefined || timestamp === NO_TIMESTAMP ? null : Number(timestamp),
    key,
    value,
    headers: headersOf(headers),
  };
}

/** As `RecordView` has them. */
function headersOf(headers: IHeaders | undefined): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers ?? {}).map(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return [name, typeof last === "string" ? last : (last?.toString("utf8") ?? "")];
    }),
  );
}
