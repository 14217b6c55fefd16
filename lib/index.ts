// sequitur: finds patterns of events.

export type { Automaton } from "./automaton/automaton.ts";
export { type CompileOptions, compile } from "./automaton/compile.ts";
export { toDot, toText } from "./automaton/draw.ts";
export {
  CheckpointError,
  ConfigError,
  LimitError,
  PatternError,
  type Problem,
  SequiturError,
  TransportError,
} from "./core/errors.ts";
export type { KeyOption, TimeOption } from "./event/extractor.ts";
export type { Key, KeyPart } from "./event/key.ts";
export { createMatcher, matchAll } from "./matching/create-matcher.ts";
export type {
  FunctionFailed,
  LimitPolicy,
  LimitReached,
  Match,
  MatcherLimits,
  MatcherState,
  MatcherStats,
  Origin,
  RunView,
  TakenEvent,
  TimedOut,
  TimedOutReport,
} from "./matching/matcher.ts";
export type { Matcher, MatcherOptions, Notice, ProcessStats, UnmatchedEvent } from "./matching/process.ts";
export { pattern, sequence } from "./pattern/builder/builder.ts";
export type {
  Absence,
  Group,
  GroupLoop,
  GroupWriter,
  Loop,
  OptionalStep,
  Start,
  Step,
} from "./pattern/builder/builder-types.ts";
export type { AnySequence, Sequence } from "./pattern/builder/element-types.ts";
export type { Ended, SkipTo } from "./pattern/builder/ended-types.ts";
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
} from "./pattern/builder/expression-types.ts";
export type { EventOf, MatchOf, ResultOf } from "./pattern/builder/match-types.ts";
export type { Refusal } from "./pattern/builder/refusal.ts";
export type { CheckOptions } from "./pattern/checks/checks.ts";
export type { JsonLimits, PatternJson } from "./pattern/json/json.ts";
export type { PatternLimits } from "./pattern/limits.ts";
export type { Pattern } from "./pattern/pattern.ts";
export { fromJSON } from "./pattern/pattern-value.ts";
export { type Duration, formatDuration, parseDuration } from "./time/duration.ts";
export type { Instant } from "./time/instant.ts";
