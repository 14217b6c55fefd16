import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Text by path, relative to the root of the project: what every rule judges, so that it can be tested on planted files. */
export type Files = ReadonlyMap<string, string>;

/** A broken rule, as `path:line: what is wrong`; empty means the rule holds. */
export type Violations = readonly string[];

const TEXT = /\.(ts|mts|js|mjs|json|jsonc|md|yml|yaml|sh|txt|case)$|(^|\/)(\.npmrc|\.gitignore|LICENSE|run)$/;

/** Every text file of the project that git tracks or would track. */
export function projectFiles(): Files {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  const paths = listed.split("\n").filter((path) => TEXT.test(path) && existsSync(path));
  return new Map(paths.sort().map((path) => [path, readFileSync(path, "utf8")]));
}

/** The TypeScript files below `folders`, fixtures apart: they break rules on purpose. */
export function typescript(files: Files, ...folders: readonly string[]): readonly (readonly [string, string])[] {
  return [...files].filter(
    ([path]) =>
      path.endsWith(".ts") && !path.includes("/fixtures/") && folders.some((folder) => path.startsWith(`${folder}/`)),
  );
}

/** `path:line`, the line that `index` of `text` stands in. */
export function place(path: string, text: string, index: number): string {
  return `${path}:${text.slice(0, index).split("\n").length}`;
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/y;
/** From a backtick, or from the brace that ends a `${…}`, to the next of either kind. */
const TEMPLATE = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y;
const REGEXP = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
const BEFORE_REGEXP = /(?:^|[=(,:[!&|?{};+<>*%~-]|\b(?:return|case|typeof|in|of))\s*$/;

/**
 * `text` with its comments, and unless `keepStrings` the contents of its strings, templates and regular expressions,
 * replaced by spaces: what remains is code, at the same index and line. What stands in a template's `${…}` is code.
 */
export function codeOf(text: string, keepStrings = false): string {
  const templates: number[] = [];
  let depth = 0;
  let code = "";
  while (code.length < text.length) {
    const at = code.length;
    const char = text[at] ?? "";
    const comment = match(COMMENT, text, at);
    if (comment !== "") code += blank(comment);
    else if (char === "`" || (char === "}" && templates.at(-1) === depth)) {
      const part = match(TEMPLATE, text, at) || char;
      if (char === "}") templates.pop();
      if (part.endsWith("${")) templates.push(depth);
      code += keepStrings ? part : blank(part);
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      const literal = match(STRING, text, at) || (BEFORE_REGEXP.test(code.slice(-20)) ? match(REGEXP, text, at) : "");
      if (literal === "") code += char;
      else code += keepStrings ? literal : char + blank(literal.slice(1, -1)) + char;
    }
  }
  return code;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
