/**
 * The files that take longest, slowest first; the runner's own report says which these are. They start first, so that
 * none is left for the end, when one process works and the others have nothing to do.
 */
export const SLOWEST: readonly string[] = [
  "spec/testing/simulation/swarm/worlds.spec.ts",
  "spec/testing/simulation/swarm/more-worlds.spec.ts",
  "spec/crash/crash.spec.ts",
  "spec/exhaustive/three-operators.spec.ts",
  "spec/transports/kafka/outage.spec.ts",
  "spec/exhaustive/exhaustive.spec.ts",
  "spec/reference/reference.spec.ts",
  "spec/testing/simulation/bank.spec.ts",
  "spec/reference/tiny.spec.ts",
  "spec/cli/run-kafka.spec.ts",
  "spec/transports/kafka/group.spec.ts",
  "spec/cli/run-kafka-processes.spec.ts",
  "spec/transports/kafka/group-troubles.spec.ts",
  "spec/transports/kafka/refusals.spec.ts",
  "spec/transports/kafka/service.spec.ts",
  "spec/transports/kafka/source.spec.ts",
  "spec/matching/agreement.spec.ts",
  "spec/matching/laws.spec.ts",
  "spec/matching/process-laws.spec.ts",
  "spec/run.spec.ts",
  "spec/cli/run-ends.spec.ts",
  "spec/documents.spec.ts",
  "spec/broker/main.spec.ts",
  "spec/broker/broker.spec.ts",
  "spec/cli/init.spec.ts",
  "spec/conformance/conformance.spec.ts",
  "spec/testing/example.spec.ts",
  "spec/cli/run.spec.ts",
  "spec/package.spec.ts",
  "spec/runtime/task.spec.ts",
  "spec/samples/flights.spec.ts",
  "spec/cli/command-line.spec.ts",
  "spec/cli/explain.spec.ts",
  "spec/cli/check.spec.ts",
];

/** The order in which `files` start, as their indexes. */
export function startOrder(files: readonly string[], slowest: readonly string[] = SLOWEST): readonly number[] {
  const rank = (index: number): number => {
    const known = slowest.indexOf(files[index] ?? "");
    return known === -1 ? slowest.length : known;
  };
  return [...files.keys()].sort((a, b) => rank(a) - rank(b));
}
