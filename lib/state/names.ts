// What the state of a service is called in the log that keeps it. Fixed for the life of the state.

/** The topic that holds the state of `app`: one partition for each shard. */
export function stateTopicOf(app: string): string {
  return `${app}-state`;
}

/** The name under which whoever has a shard writes: a new writer of that name fences the one before. */
export function writerIdOf(app: string, shard: number): string {
  return `${app}.${shard}`;
}
