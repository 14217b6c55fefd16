import type { Condition } from "./expression.ts";
export function describeCondition(condition: Condition): string { return condition.kind; }
