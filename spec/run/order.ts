/**
 * The files that take longest, slowest first; the runner's own report says which these are. They start first, so that
 * none is left for the end, when one process works and the others have nothing to do.
 */
export const SLOWEST: readonly string[] = [
  "spec/exhaustive/three-operators.spec.ts",
  "spec/crash/crash.spec.ts",
  "spec/testing/simulation/bank.spec.ts",
  "spec/reference/reference.spec.ts",
  "spec/transports/kafka/outage.spec.ts",
  "spec/exhaustive/exhaustive.spec.ts",
  "spec/transports/kafka/group.spec.ts",
  "spec/testing/simulation/swarm/worlds.spec.ts",
  "spec/cli/run-kafka.spec.ts",
  "spec/testing/simulation/swarm/more-worlds.spec.ts",
  "spec/documents.spec.ts",
  "spec/cli/build.spec.ts",
  "spec/reference/tiny.spec.ts",
  "spec/cli/test.spec.ts",
  "spec/transports/kafka/group-troubles.spec.ts",
  "spec/cli/status.spec.ts",
  "spec/cli/run-ends.spec.ts",
  "spec/transports/kafka/service.spec.ts",
  "spec/package.spec.ts",
  "spec/matching/process-laws.spec.ts",
  "spec/transports/kafka/refusals.spec.ts",
  "spec/cli/init.spec.ts",
  "spec/conformance/conformance.spec.ts",
  "spec/transports/kafka/source.spec.ts",
  "spec/cli/run.spec.ts",
  "spec/bench/bench.spec.ts",
  "spec/matching/laws.spec.ts",
  "spec/transports/kafka/state-faults.spec.ts",
  "spec/transports/kafka/shard-source.spec.ts",
  "spec/cli/run-kafka-processes.spec.ts",
  "spec/cli/command-line.spec.ts",
  "spec/samples/deploy.spec.ts",
  "spec/matching/many.spec.ts",
  "spec/broker/main.spec.ts",
  "spec/matching/agreement.spec.ts",
  "spec/run.spec.ts",
  "spec/reference/looking-back.spec.ts",
  "spec/broker/broker.spec.ts",
  "spec/cli/processes.spec.ts",
  "spec/cli/explain.spec.ts",
  "spec/transports/kafka/committed-broker.spec.ts",
];

/** The order in which `files` start, as their indexes. */
export function startOrder(files: readonly string[], slowest: readonly string[] = SLOWEST): readonly number[] {
  const rank = (index: number): number => {
    const known = slowest.indexOf(files[index] ?? "");
    return known === -1 ? slowest.length : known;
  };
  return [...files.keys()].sort((a, b) => rank(a) - rank(b));
}
