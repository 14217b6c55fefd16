// The tables of samples/kafka/README.md say what is: every option with its default, every variable, every code.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { KAFKA_DEFAULTS, KAFKA_OPTIONS } from "../../lib/service/define-kafka.ts";
import { KAFKA_VARIABLES } from "../../lib/service/kafka-env.ts";
import { formatDuration } from "../../lib/time/duration.ts";

const it = suite("kafka document");
const text = readFileSync("samples/kafka/README.md", "utf8");

/** The rows of the table whose head begins with `head`, as cells. */
function table(head: string): readonly (readonly string[])[] {
  const [, after = ""] = text.split(`\n| ${head} |`);
  const [rows = ""] = after.split("\n\n");
  return rows
    .split("\n")
    .slice(2)
    .map((row) => row.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
}

/** What stands in backquotes in a cell. */
function words(cell: string | undefined): readonly string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}

it("lists every option, and the defaults that are", () => {
  const rows = table("option of `kafka`");
  assert.equal(
    rows.map(([name]) => words(name)[0]),
    KAFKA_OPTIONS,
  );
  const defaults = new Map<string, unknown>(Object.entries(KAFKA_DEFAULTS));
  for (const [name, value] of rows) {
    const [option = "", said] = [words(name)[0], words(value)[0]];
    const ms = defaults.get(`${option}Ms`);
    if (typeof ms === "number") assert.is(said, `"${formatDuration(ms)}"`, option);
    else if (typeof defaults.get(option) === "string") assert.is(said, `"${defaults.get(option)}"`, option);
  }
});

it("lists every variable with the option that it is a part of", () => {
  const rows = table("variable").map(([name, option]) => [words(name)[0], words(option)[0]?.split(".")[0]]);
  assert.equal(
    rows,
    Object.entries(KAFKA_VARIABLES).map(([name, option]) => [`SEQUITUR_KAFKA_${name}`, option]),
  );
});

it("lists every code that connections and explanations give", () => {
  const files = [
    "batch-limits",
    "brokers",
    "bearer",
    "connection",
    "connection-error",
    "credentials",
    "first-contact",
    "kafka-codes",
    "kafka-error",
    "secrets",
  ];
  const paths = [
    ...files.map((name) => `lib/transports/kafka/${name}.ts`),
    ...readdirSync("lib/service")
      .filter((name) => /kafka/.test(name))
      .map((name) => `lib/service/${name}`),
  ];
  const given = paths.flatMap((path) => [
    ...readFileSync(path, "utf8").matchAll(
      /(?:Error|refused|config|transport|add)\(\s*"([A-Z_]+)"|code: "([A-Z_]{6,})"/g,
    ),
  ]);
  const codes = new Set(given.map(([, one, other]) => one ?? other ?? ""));
  codes.delete("BAD_OPTION");
  codes.delete("ECONNRESET");
  const listed = table("code").flatMap(([cell]) => words(cell));
  assert.equal([...codes].sort(), [...listed].sort());
});

it("lists every code with which state is refused, or given up", () => {
  const kafka = ["one-cluster", "shard-source", "shard-writer", "state-log", "state-topic"];
  const paths = [
    "lib/state/state-error.ts",
    ...kafka.map((name) => `lib/transports/kafka/${name}.ts`),
    ...readdirSync("lib/runtime/shard").map((name) => `lib/runtime/shard/${name}`),
  ];
  const given = paths.flatMap((path) => [
    ...readFileSync(path, "utf8").matchAll(/(?:Error|yield)\(?\s*(?:"|\{ code: ")([A-Z_]{6,})"/g),
  ]);
  const elsewhere = ["BROKER_SILENT", "MISSING_TOPIC", "PATCHES_NEEDED"];
  const codes = new Set(given.map(([, code]) => code ?? "").filter((code) => !elsewhere.includes(code)));
  const listed = table("code of the state").flatMap(([cell]) => words(cell));
  assert.equal([...codes].sort(), [...listed].sort());
});

it.run();
