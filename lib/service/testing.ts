// Public entry `sequitur/testing`: for people who write patterns. What it is made of is in lib/testing; it stands here
// because it also drives whole services.

export type { Difference, Distinction, NoDifference } from "../testing/distinction.ts";
export { type DistinguishOptions, distinguish } from "../testing/distinguish.ts";
export type { Alert, Driver, DriverOptions, SendOptions, SentRecord } from "../testing/driver-types.ts";
export {
  type AlmostStream,
  type Arriving,
  type ArrivingOptions,
  type EventsFor,
  eventsFor,
} from "../testing/events-for.ts";
export type { ExampleEvent } from "../testing/example.ts";
export { expectMatches } from "../testing/expect-matches.ts";
export type { Found, StreamEvent } from "../testing/finder.ts";
export type { JourneyStep } from "../testing/journey.ts";
export { type Law, type LawOptions, laws } from "../testing/laws.ts";
export type { MutantReport } from "../testing/mutant-report.ts";
export { type Mutant, mutants } from "../testing/mutants.ts";
export type { NearMiss } from "../testing/near-miss.ts";
export { example, nearMiss, nearMisses } from "../testing/of-pattern.ts";
export type { KitOptions } from "../testing/options.ts";
export { type PatternTest, patternTest } from "../testing/pattern-test.ts";
export type { ServedMaking } from "../testing/served.ts";
export type { Stream } from "../testing/stream.ts";
export { type TryMutantsOptions, tryMutants } from "../testing/try-mutants.ts";
export { driver } from "./driver.ts";
export { serviceLaws } from "./service-laws.ts";
