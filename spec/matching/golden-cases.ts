// Patterns whose saved runs are kept in each way that there is, with what happens before they are saved and after.

/** `before` is fed, the matcher saved, `after` fed to whoever was restored. */
export type GoldenCase = { readonly pattern: string; readonly before: string; readonly after: string };

export const GOLDEN_CASES: readonly GoldenCase[] = [
  { pattern: "a b+~ c | within 20", before: "a a b x b", after: "b c@9 c@15" },
  { pattern: "a b[v=a.v]", before: "a=1 a=2 a=1", after: "b=1 b=2" },
  { pattern: "a b[v>a.v] c[v<b.v]", before: "a=1 b=3 a=2 b=1", after: "c=2 b=9 c=0" },
  { pattern: "a b[v>a.v & v<a.v] c", before: "a=1 a=2", after: "b=1 c" },
  { pattern: "a !n.. | within 5", before: "a a@3 n@3 a@4", after: "x@20" },
  { pattern: "a b<3 c", before: "a b a", after: "b@6 c@7" },
  { pattern: "a b[v=a.v] | within 9 ordered", before: "a=1 a=2 b=2", after: "b=1@5 a=3@6 x@30" },
  { pattern: "a b | oncePer 5", before: "a b a", after: "b@4 a@8 b@9" },
  { pattern: "(a b?)+ c | within 30", before: "a b a a", after: "b c" },
];
