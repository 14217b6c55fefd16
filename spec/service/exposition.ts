// Reads the text format of Prometheus, strictly, as its documentation has it, and shares no code with what writes it.

export type Sample = { readonly name: string; readonly labels: ReadonlyMap<string, string>; readonly value: number };

export type Family = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
};

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** What a family of a type may have as names of its samples, beside its own. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [],
  gauge: [],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
};

/** The families by name. @throws {Error} at whatever is not as it must be. */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family & { readonly samples: Sample[] }>();
  let help: readonly [string, string] | null = null;
  let current: (Family & { readonly samples: Sample[] }) | null = null;
  const series = new Set<string>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP") {
      help = [name, unescaped(rest, "n\\")];
    } else if (kind === "TYPE") {
      if (!NAME.test(name) || families.has(name) || !(rest in SUFFIXES)) throw new Error(`not a family: ${line}`);
      current = { name, type: rest, help: help?.[0] === name ? help[1] : "", samples: [] };
      families.set(name, current);
    } else {
      const sample = readSample(line);
      const isOf = current && [current.name, ...(SUFFIXES[current.type] ?? []).map((end) => `${current?.name}${end}`)];
      if (!isOf?.includes(sample.name)) throw new Error(`stands in another family: ${line}`);
      const id = JSON.stringify([sample.name, [...sample.labels].sort()]);
      if (series.has(id)) throw new Error(`stands there twice: ${line}`);
      series.add(id);
      current?.samples.push(sample);
    }
  }
  return families;
}

function readSample(line: string): Sample {
  const [, name = "", , inner = "", number = ""] = /^([^\s{]+)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (!NAME.test(name)) throw new Error(`no sample: ${line}`);
  const value = number === "+Inf" ? Infinity : number === "-Inf" ? -Infinity : Number(number);
  if (Number.isNaN(value) || number === "") throw new Error(`no number: ${line}`);
  return { name, labels: readLabels(inner), value };
}

function readLabels(inner: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  let rest = inner;
  while (rest !== "") {
    const [whole, name = "", value = ""] = /^([^=]+)="((?:[^"\\]|\\.)*)"(?:,|$)/.exec(rest) ?? [];
    if (whole === undefined || !LABEL.test(name) || labels.has(name)) throw new Error(`no labels: ${inner}`);
    labels.set(name, unescaped(value, 'n\\"'));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function unescaped(text: string, allowed: string): string {
  return text.replaceAll(/\\(.?)/g, (_, char: string) => {
    if (char === "" || !allowed.includes(char)) throw new Error(`no such escape: \\${char}`);
    return char === "n" ? "\n" : char;
  });
}

/** The value of the series with just these labels. @throws {Error} if there is none. */
export function valueIn(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = families.get(name)?.samples.find((sample) => JSON.stringify([...sample.labels].sort()) === wanted);
  if (found === undefined) throw new Error(`there is no ${name} ${JSON.stringify(labels)}`);
  return found.value;
}
