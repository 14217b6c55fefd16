// sequitur: finds patterns of events.

export type { KeyOption, TimeOption } from "./event/extractor.ts";
export type { Key, KeyPart } from "./event/key.ts";
export { pattern, sequence } from "./pattern/builder.ts";
export type {
  Absence,
  Group,
  GroupLoop,
  GroupWriter,
  Loop,
  OptionalStep,
  Start,
  Step,
} from "./pattern/builder-types.ts";
export type { AnySequence, Sequence } from "./pattern/element-types.ts";
export type { Ended, SkipTo } from "./pattern/ended-types.ts";
export type {
  AnyExpr,
  BigExpr,
  BoolExpr,
  EqExpr,
  Expr,
  ExprOf,
  FlagExpr,
  ListExpr,
  LoopExpr,
  MatchExprOf,
  NumExpr,
  StrExpr,
} from "./pattern/expression-types.ts";
export type { EventOf, MatchOf, ResultOf } from "./pattern/match-types.ts";
export type { Pattern } from "./pattern/pattern.ts";
export type { Refusal } from "./pattern/refusal.ts";
export { type Duration, formatDuration, parseDuration } from "./time/duration.ts";
