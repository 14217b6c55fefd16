// Whether the group may be used, who uses it now, and where it stands.

import type { Answer, Asking } from "./preflight-asking.ts";

export type GroupPicture = {
  readonly name: string;
  /** How many processes are in it now. */
  readonly members: number;
  /** How they share partitions: the name of an assigner. Empty without members. */
  readonly protocol: string;
  /** The next offset to read, by topic and partition; `null`: none is committed. */
  readonly positions: ReadonlyMap<string, ReadonlyMap<number, bigint | null>>;
};

/** `topics`: those that exist; asking for another one fails for all. */
export function askGroup({ admin, ask, definition }: Asking, topics: readonly string[]): Promise<Answer<GroupPicture>> {
  const group = definition.groupId;
  return ask(`looking at group "${group}"`, { group }, async () => {
    const { groups } = await admin.describeGroups([group]);
    const [described] = groups;
    const committed = topics.length === 0 ? [] : await admin.fetchOffsets({ groupId: group, topics: [...topics] });
    return {
      name: group,
      members: described?.members.length ?? 0,
      protocol: described?.protocol ?? "",
      positions: new Map(
        committed.map(({ topic, partitions }) => [
          topic,
          new Map(partitions.map(({ partition, offset }) => [partition, offset === NO_OFFSET ? null : BigInt(offset)])),
        ]),
      ),
    };
  });
}

const NO_OFFSET = "-1";
