import { codeOf, type Files, place, typescript, type Violations } from "./source.ts";

const CODE = ["lib", "patterns", "samples", "spec"] as const;
const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;

/** Everything has one name, given where it is declared. Service files are loaded by their default export. */
export function defaultExports(files: Files): Violations {
  return typescript(files, "lib", "spec").flatMap(([path, text]) =>
    [...codeOf(text).matchAll(/^export\s+default\b|\bas\s+default\b/gm)].map(
      (hit) => `${place(path, text, hit.index)}: a default export has no name of its own; export a name`,
    ),
  );
}

/** `any` stays inside the typed builder and its types, and there it does not spread beyond `budget` places. */
export function anyTypes(files: Files, budget: number): Violations {
  const uses = typescript(files, "lib").flatMap(([path, text]) =>
    [...codeOf(text).matchAll(/(?:[:<,|&=(]\s*|\b(?:as|extends|is)\s+|\bkeyof\s+)any\b(?!\s*[(:?])/g)].map((hit) => ({
      path,
      at: place(path, text, hit.index),
    })),
  );
  const inside = uses.filter(({ path }) => /^lib\/pattern\/builder\//.test(path));
  const outside = uses.filter((use) => !inside.includes(use));
  const spread = inside.length > budget ? [`lib/pattern: ${inside.length} uses of any, at most ${budget}`] : [];
  return [...outside.map(({ at }) => `${at}: any; say the type, or unknown`), ...spread];
}

export function fileLength(files: Files): Violations {
  return typescript(files, ...CODE)
    .map(([path, text]) => [path, text.trimEnd().split("\n").length] as const)
    .filter(([, lines]) => lines > MAX_FILE_LINES)
    .map(([path, lines]) => `${path}: ${lines} lines, at most ${MAX_FILE_LINES}`);
}

/**
 * Lines of code, comments and blank lines apart. A function inside another one that has a name counts for itself only, so
 * that a record of closures is measured like a class, by its methods.
 */
export function functionLength(files: Files): Violations {
  return typescript(files, ...CODE).flatMap(([path, text]) => {
    const lines = codeOf(text).trimEnd().split("\n");
    const spans = lines.flatMap((_, start) => spanOf(lines, start) ?? []);
    return spans.flatMap((span) => {
      const length = ownLength(lines, span, spans);
      const long = length > MAX_FUNCTION_LINES;
      return long ? [`${path}:${span.start + 1}: a function of ${length} lines, at most ${MAX_FUNCTION_LINES}`] : [];
    });
  });
}

type Span = { readonly start: number; readonly end: number; readonly isNamed: boolean };

const CONTROL = /^\s*(?:\}\s*)?(?:if|for|while|switch|catch|else|do|try)\b/;
const METHOD =
  /^\s*(?:(?:static|async|get|set|override|private|protected|public)\s+)*\*?#?[\w$]+(?:<.*>)?\(.*(?<!=> )\{$/;
const NAMED_ARROW = /^\s*(?:(?:export\s+)?(?:const|let)\s+[\w$]+\b.*=|[\w$]+:)\s*(?:async\s*)?(?:<.*>)?\(.*$/;

/** The function that starts in line `start`, if any. The formatter indents its end like its start. */
function spanOf(lines: readonly string[], start: number): Span | undefined {
  const line = lines[start]?.trimEnd() ?? "";
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  const isFunction = /\bfunction\b/.test(line);
  const arrow = /=>\s*\{$/.test(line);
  const parameters = /\(\{?$/.test(line) && /^\s*\}?\).*\{$/.test(after(lines, start, `${indent})`, `${indent}})`));
  const starts =
    arrow || (!CONTROL.test(line) && ((isFunction && line.endsWith("{")) || METHOD.test(line) || parameters));
  if (!starts) return undefined;
  const end = lines.findIndex(
    (other, index) => index > start && other.startsWith(`${indent}}`) && !other.trimEnd().endsWith("{"),
  );
  return end < 0 ? undefined : { start, end, isNamed: isFunction || METHOD.test(line) || NAMED_ARROW.test(line) };
}

/** The first line after `start` that begins with one of `heads`. */
function after(lines: readonly string[], start: number, ...heads: readonly string[]): string {
  return (
    lines
      .slice(start + 1)
      .find((line) => heads.some((head) => line.startsWith(head)))
      ?.trimEnd() ?? ""
  );
}

function ownLength(lines: readonly string[], span: Span, spans: readonly Span[]): number {
  const inner = spans.filter(({ start, end, isNamed }) => isNamed && start > span.start && end < span.end);
  const own = lines.filter(
    (line, index) =>
      index >= span.start &&
      index <= span.end &&
      line.trim() !== "" &&
      !inner.some(({ start, end }) => index >= start && index <= end),
  );
  return own.length;
}

/** A name says what is inside; these say nothing. */
export function fileNames(files: Files): Violations {
  const vague = /(?:^|\/)(?:utils?|helpers?|common|misc|manager|shared)(?:\/|\.[a-z.]*$)/;
  return [...files.keys()]
    .filter((path) => CODE.some((folder) => path.startsWith(`${folder}/`)) && vague.test(path))
    .map((path) => `${path}: a name that fits everything says nothing; name what it holds`);
}

/** A folder that people enter first explains itself. */
export function readmes(files: Files): Violations {
  return CODE.filter((folder) => [...files.keys()].some((path) => path.startsWith(`${folder}/`)))
    .map((folder) => `${folder}/README.md`)
    .filter((path) => !files.has(path))
    .map((path) => `${path} is missing`);
}

/** Nothing in the project names the machine it was written on or the host its packages came from. */
export function machineTraces(files: Files, own: readonly string[]): Violations {
  const fixed = [
    "(?<![\\w./-])/(?:home|Users|root|work)/\\w",
    '"resolved"\\s*:\\s*"http',
    "registry\\.npm(?:js|mirror)",
  ];
  const pattern = new RegExp(
    [...fixed, ...own.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))].join("|"),
    "g",
  );
  return [...files].flatMap(([path, text]) =>
    [...text.matchAll(pattern)].map((hit) => `${place(path, text, hit.index)}: "${hit[0]}" belongs to one machine`),
  );
}

/** What was tested is what is installed: exact versions, each package known by its content. */
export function exactVersions(files: Files): Violations {
  const manifest = JSON.parse(files.get("package.json") ?? "{}") as Record<string, Record<string, string> | undefined>;
  const ranges = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
      .map(([name, version]) => `package.json: ${name} is "${version}" in ${kind}, not an exact version`),
  );
  type Lock = { readonly packages?: Readonly<Record<string, { readonly integrity?: string }>> };
  const { packages = {} } = JSON.parse(files.get("package-lock.json") ?? "{}") as Lock;
  const unknown = Object.entries(packages)
    .filter(([path, { integrity }]) => path !== "" && integrity === undefined)
    .map(([path]) => `package-lock.json: ${path} has no integrity`);
  return [...ranges, ...unknown];
}
