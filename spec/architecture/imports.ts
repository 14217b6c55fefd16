import { posix } from "node:path";
import { codeOf, type Files, place, typescript, type Violations } from "./source.ts";

/**
 * The rooms of lib in dependency order. A file imports from its own room and from rooms to the left of it, never to the
 * right; so there are no cycles between rooms, and a newcomer can read lib from left to right.
 */
export const ROOMS: readonly string[] = [
  "core",
  "time",
  "pattern",
  "event",
  "automaton",
  "matching",
  "state",
  "runtime",
  "transports",
  "testing",
  "service",
  "cli",
];

/** The rooms that also run in a browser, as lib/index.ts does: no Node modules, no Node globals. */
const PORTABLE: readonly string[] = ["core", "time", "pattern", "event", "automaton", "matching"];

/** Where each package may be imported, as prefixes of paths. A package that is not listed may be imported nowhere. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  xstate: ["lib/runtime/lifecycle.ts"],
  kafkajs: ["lib/transports/kafka/"],
  "fast-check": ["lib/testing/"],
  pino: ["lib/service/", "lib/cli/"],
  "prom-client": ["lib/service/", "lib/cli/"],
  cac: ["lib/cli/"],
  esbuild: ["lib/cli/"],
};

type Import = { readonly specifier: string; readonly at: string };

/** No file of lib imports from a room to the right of its own. */
export function roomOrder(files: Files): Violations {
  return typescript(files, "lib").flatMap(([path, text]) =>
    importsOf(path, text)
      .filter(({ specifier }) => specifier.startsWith("."))
      .flatMap(({ specifier, at }) => {
        const target = posix.join(posix.dirname(path), specifier);
        const problem = wrongWay(path, target);
        return problem === undefined ? [] : [`${at}: ${problem}`];
      }),
  );
}

function wrongWay(path: string, target: string): string | undefined {
  if (!target.startsWith("lib/")) return `lib imports ${target}, which lies outside lib`;
  if (path === "lib/index.ts") {
    return PORTABLE.includes(roomOf(target)) ? undefined : `the core entry may not import ${target}: Node only`;
  }
  const from = ROOMS.indexOf(roomOf(path));
  const to = ROOMS.indexOf(roomOf(target));
  if (from < 0) return `"${roomOf(path)}" is not one of the rooms: ${ROOMS.join(", ")}`;
  if (to < 0) return `${target} is in none of the rooms: ${ROOMS.join(", ")}`;
  return to > from ? `${roomOf(path)} may not import ${target}: ${roomOf(target)} is to the right of it` : undefined;
}

/** Packages and Node's own modules are imported only in the rooms meant for them. */
export function packages(files: Files): Violations {
  return typescript(files, "lib").flatMap(([path, text]) =>
    importsOf(path, text)
      .filter(({ specifier }) => !specifier.startsWith(".") && !mayImport(path, specifier))
      .map(({ specifier, at }) => `${at}: may not import "${specifier}" here`),
  );
}

function mayImport(path: string, specifier: string): boolean {
  if (specifier.startsWith("node:")) return !isPortable(path);
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return Object.hasOwn(PACKAGES, name) && (PACKAGES[name] ?? []).some((prefix) => path.startsWith(prefix));
}

/** The rooms that run in a browser use nothing that only Node has. */
export function nodeGlobals(files: Files): Violations {
  return found(
    typescript(files, "lib").filter(([path]) => isPortable(path)),
    /(?<![.\w])(?:process|Buffer|require|__dirname|__filename|global)\b(?=[.([])/g,
    (name) => `${name} exists only in Node, and this room also runs in a browser`,
  );
}

/** Time and chance come in through a port, so that every run can be repeated: only lib/time/clock.ts touches them. */
export function clocks(files: Files): Violations {
  const outside = typescript(files, "lib").filter(([path]) => path !== "lib/time/clock.ts");
  const uses = found(
    outside,
    /\bDate\.now\b|\bnew Date\(\s*\)|(?<![.\w]|new )Date\(\s*\)|\bMath\.random\b|\b(?:set(?:Timeout|Interval|Immediate))\b|\bperformance\.(?:now|timeOrigin)\b|\bprocess\.hrtime\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/g,
    (name) => `${name.trim()} is allowed in lib/time/clock.ts only; take a Clock, or the time as an argument`,
  );
  const modules = outside.flatMap(([path, text]) =>
    importsOf(path, text)
      .filter(({ specifier }) => /^node:(timers|timers\/promises|perf_hooks)$/.test(specifier))
      .map(({ specifier, at }) => `${at}: "${specifier}" is a clock; take a Clock instead`),
  );
  return [...uses, ...modules];
}

function found(
  files: readonly (readonly [string, string])[],
  pattern: RegExp,
  say: (name: string) => string,
): Violations {
  return files.flatMap(([path, text]) =>
    [...codeOf(text).matchAll(pattern)].map((hit) => `${place(path, text, hit.index)}: ${say(hit[0])}`),
  );
}

function isPortable(path: string): boolean {
  return path === "lib/index.ts" || PORTABLE.includes(roomOf(path));
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** Every module specifier in `text`: static, type-only, re-exported, for side effects, dynamic. */
function importsOf(path: string, text: string): readonly Import[] {
  // The contents of strings are blank in code, so what looks like an import inside a string is none.
  const pattern = /(?:\bfrom|\bimport|\bimport\s*\()\s*"( *)"/g;
  return [...codeOf(text).matchAll(pattern)].map((hit) => {
    const end = hit.index + hit[0].length - 1;
    return { specifier: text.slice(end - (hit[1] ?? "").length, end), at: place(path, text, hit.index) };
  });
}
