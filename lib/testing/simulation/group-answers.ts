// Requests about consumer groups and what they have committed.

import { type Answers, done } from "./answers.ts";
import type { Group } from "./group.ts";
import type { GroupOffsets } from "./group-offsets.ts";

export type GroupAndOffsets = { readonly group: Group; readonly offsets: GroupOffsets };

export function groupAnswers(
  groups: (name: string) => GroupAndOffsets,
): Pick<Answers, "join" | "sync" | "heartbeat" | "leave" | "commitOffsets" | "fetchOffsets"> {
  return {
    join: (ask) => groups(ask.group).group.join(ask),
    sync: (ask) => groups(ask.group).group.sync(ask),
    heartbeat: (ask) => done(groups(ask.group).group.heartbeat(ask)),
    leave: ({ group, member }) => done(groups(group).group.leave(member)),
    commitOffsets: (ask) => {
      const { group, offsets } = groups(ask.group);
      const code = group.mayCommit(ask);
      if (code === null) offsets.commit(ask.offsets);
      return done(code);
    },
    fetchOffsets: ({ group, places }) => ({ offsets: groups(group).offsets.fetch(places) }),
  };
}
