// Public entry `sequitur/testing`: for people who write patterns. What it is made of is in lib/testing; it stands here
// because it also drives whole services.

export type { ExampleEvent } from "../testing/example.ts";
export type { NearMiss } from "../testing/near-miss.ts";
export { example, nearMiss, nearMisses } from "../testing/of-pattern.ts";
