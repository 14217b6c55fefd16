import { codeOf } from "../architecture/source.ts";

/** The name under which a program finds the function that compares; see run-examples.ts. */
export const CHECK = "__shows";

const ARROW = /\/\/ => ?(.*)$/;

/**
 * `code` with each `// => value` turned into a check that throws, in the same line. The value belongs to the statement
 * that ends in that line: an expression, a `console.log(expression)`, or a `const name = …`. A value may go on over
 * lines that are nothing but comments, until its brackets are closed.
 *
 * @throws {Error} with the line, when there is no such statement or the value is not JavaScript.
 */
export function withChecks(code: string): string {
  const lines = code.split("\n");
  const bare = codeOf(code).split("\n");
  const uncommented = codeOf(code, true).split("\n");
  const shows = lines.map((line, index) => {
    const shown = ARROW.exec(line);
    return shown !== null && (uncommented[index] ?? "").slice(shown.index).trim() === "" ? shown : undefined;
  });
  const isOwnLine = (index: number): boolean => (uncommented[index] ?? "").trim() === "";
  const out = lines.map((line, index) => line.slice(0, isOwnLine(index) ? undefined : shows[index]?.index));
  for (const [index, shown] of shows.entries()) {
    if (shown === undefined) continue;
    const end = isOwnLine(index) ? index - 1 : index;
    const start = startOf(lines, bare, end);
    const value = valueAt(lines, uncommented, index, shown[1] ?? "");
    const statement = out.slice(start, end + 1).join("\n");
    out.splice(start, end - start + 1, ...checked(statement, value, index + 1).split("\n"));
  }
  return out.join("\n");
}

/** The first line of the statement that ends in line `end`: brackets are closed and the line before has ended its own. */
function startOf(lines: readonly string[], bare: readonly string[], end: number): number {
  for (let start = end; start >= 0; start -= 1) {
    const isClosed = balance(bare.slice(start, end + 1).join("\n")) === 0;
    const goesOn = /^\s*(?:[.)\]}?:]|&&|\|\|)/.test(bare[start] ?? "");
    const before = (bare[start - 1] ?? "").trim();
    const isFirst = before === "" || /[;{}]$/.test(before) || ARROW.test(lines[start - 1] ?? "");
    if (isClosed && !goesOn && isFirst) return start;
  }
  return Math.max(end, 0);
}

function valueAt(lines: readonly string[], uncommented: readonly string[], index: number, first: string): string {
  let value = first.trim();
  for (let next = index + 1; balance(codeOf(value)) > 0 && next < lines.length; next += 1) {
    if ((uncommented[next] ?? "").trim() !== "") break;
    value += ` ${(lines[next] ?? "").trim().replace(/^\/\/\s*/, "")}`;
  }
  try {
    new Function(`return (${value});`);
  } catch {
    throw new Error(`line ${index + 1}: what follows "// =>" is not a JavaScript value: ${value}`);
  }
  return value;
}

function checked(statement: string, value: string, line: number): string {
  const declared = /^\s*(?:const|let)\s+([\w$]+)\b/.exec(statement)?.[1];
  if (declared !== undefined) return `${statement} ${CHECK}(${declared}, (${value}), ${line});`;
  const expression = statement.trim().replace(/;$/, "");
  const logged = /^console\.log\(([\s\S]*)\)$/.exec(expression)?.[1];
  if (
    expression === "" ||
    /^(?:(?:const|let|var|return|if|for|while|import|export|function|class)\b|\})/.test(expression)
  ) {
    throw new Error(`line ${line}: "// =>" needs an expression or "const name = …" before it, not: ${expression}`);
  }
  return `${CHECK}((${logged ?? expression}), (${value}), ${line});`;
}

function balance(code: string): number {
  return [...code].reduce((sum, char) => sum + ("([{".includes(char) ? 1 : ")]}".includes(char) ? -1 : 0), 0);
}
