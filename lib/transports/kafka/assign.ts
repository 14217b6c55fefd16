// Who reads which lanes. A lane that moves costs its reader's memory, so as many as possible stay where they are, as far
// as the balance allows.
//
//     claims      a: 0 1 2 3   b: 3 4   c: -        6 lanes, 3 members: two lanes each
//     kept        a: 0 1       b: 3 4   c: -        3 is claimed twice: b can keep it, a has enough without
//     given out   a: 0 1       b: 3 4   c: 2 5      what nobody keeps goes to those with the least
//
// Keeping is a maximum flow from lanes through the members that claim them: each takes `share` lanes, some of them one
// more. Claims that nobody disputes are settled by counting; only disputed lanes are ever moved on along a path.

/** A member of the group, as it describes itself when it joins. */
export type Member = {
  /** Distinct within the group. */
  readonly id: string;
  /** Names the process; members are served in its order, then in that of `id`. */
  readonly instance: string;
  /** Lanes whose state it holds. May be wrong: repeated, claimed by others, beyond the last lane. */
  readonly owned: readonly number[];
};

/** What a member gets while the assignment is made. */
type Share = {
  readonly id: string;
  readonly lanes: Set<number>;
  /** Those of `lanes` that others claim, too: the only ones that can be moved on. */
  readonly disputed: Set<number>;
};

/**
 * Gives each of the lanes 0 … `laneCount` − 1 to exactly one member, in ascending order for each.
 *
 * Balanced: no member has two lanes more than another. Sticky: of all balanced assignments it is one with the most lanes at a
 * member that claims them. Independent of the order of `members` and of `owned`, and fed back as `owned` it stays as it is.
 * Without members the answer is empty. Cost: lanes × members without disputed claims, lanes² with them.
 */
export function assignLanes(members: readonly Member[], laneCount: number): ReadonlyMap<string, readonly number[]> {
  const ordered = [...members].sort((a, b) => compare(a.instance, b.instance) || compare(a.id, b.id));
  const shares = ordered.map(({ id }): Share => ({ id, lanes: new Set(), disputed: new Set() }));
  const claims = claimsOf(ordered, shares, laneCount);
  const least = Math.floor(laneCount / Math.max(members.length, 1));
  keep(shares, claims, least, laneCount % Math.max(members.length, 1));
  const given = new Set(shares.flatMap(({ lanes }) => [...lanes]));
  if (shares.length > 0) giveOut(shares, lanesBelow(laneCount, given));
  return new Map(shares.map(({ id, lanes }) => [id, [...lanes].sort((a, b) => a - b)]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** For each lane those that claim it, in order. */
function claimsOf(
  members: readonly Member[],
  shares: readonly Share[],
  laneCount: number,
): readonly (readonly Share[])[] {
  const claims: Share[][] = Array.from({ length: laneCount }, () => []);
  members.forEach(({ owned }, index) => {
    for (const lane of new Set(owned)) claims[lane]?.push(shares[index] as Share);
  });
  return claims;
}

/** Leaves as many lanes as possible where they are claimed: `least` for each member, one more for `extras` of them. */
function keep(shares: readonly Share[], claims: readonly (readonly Share[])[], least: number, extras: number): void {
  const hasMore = (share: Share): boolean => share.lanes.size > least;
  const put = (lane: number, share: Share): void => {
    share.lanes.add(lane);
    if ((claims[lane] as readonly Share[]).length > 1) share.disputed.add(lane);
  };
  /** Finds a place for `lane` with one of its claimants that was not asked yet; others may move on to make room. */
  const place = (lane: number, asked: Set<Share>): boolean => {
    for (const share of claims[lane] as readonly Share[]) {
      if (asked.has(share)) continue;
      asked.add(share);
      if (!makeRoom(share, asked)) continue;
      put(lane, share);
      return true;
    }
    return false;
  };
  const makeRoom = (share: Share, asked: Set<Share>): boolean => {
    if (share.lanes.size < least || moveOn(share, asked)) return true;
    if (hasMore(share)) return false;
    if (shares.filter(hasMore).length < extras) return true;
    return shares.some((other) => hasMore(other) && !asked.has(other) && moveOn(other, asked.add(other)));
  };
  const moveOn = (share: Share, asked: Set<Share>): boolean => {
    for (const lane of share.disputed) {
      if (!place(lane, asked)) continue;
      share.lanes.delete(lane);
      share.disputed.delete(lane);
      return true;
    }
    return false;
  };
  for (const [lane] of claims.entries()) place(lane, new Set());
}

function lanesBelow(laneCount: number, without: ReadonlySet<number>): readonly number[] {
  return Array.from({ length: laneCount }, (_, lane) => lane).filter((lane) => !without.has(lane));
}

/** Deals the lanes that nobody keeps, each to a member with the fewest. */
function giveOut(shares: readonly Share[], lanes: readonly number[]): void {
  for (const lane of lanes) {
    const target = shares.reduce((best, share) => (share.lanes.size < best.lanes.size ? share : best));
    target.lanes.add(lane);
  }
}
