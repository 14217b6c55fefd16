// A stream on which matcher and enumerator differ, made small and legible.

import type { Outcome } from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";
import { feed, matcherOf, matchesOf, throughJson, timedOutOf } from "../matching/drive.ts";
import { enumerate, type OracleMatch } from "../oracle/enumerate.ts";
import { formatEvents, formatPattern, formatRoles } from "../oracle/format.ts";
import type { Case } from "../oracle/random.ts";
import { shrink } from "../oracle/shrink.ts";
import { UNLIMITED } from "./search.ts";
import { eventsOf } from "./shared-oracle.ts";

type Said = { readonly matches: readonly string[]; readonly timedOut: readonly string[] };

/** The smallest case found that still shows the difference, in the notation of spec/oracle, with both answers. */
export function showDisagreement(pattern: PatternAst, stream: string): string {
  const start: Case = { pattern, events: eventsOf(stream), until: END_OF_TIME };
  const where = `${formatPattern(pattern)}   on   ${stream}`;
  for (const [how, engine] of [
    ["", straight],
    ["the matcher is saved and restored before every event", restored],
  ] as const) {
    const differs = (each: Case): boolean => JSON.stringify(engine(each)) !== JSON.stringify(byDefinition(each));
    if (!differs(start)) continue;
    const smallest = shrink(start, differs);
    return [
      `matcher and enumerator differ on   ${where}`,
      ...(how === "" ? [] : [`if ${how}`]),
      "the smallest case of this kind:",
      `    pattern      ${formatPattern(smallest.pattern)}`,
      `    events       ${formatEvents(smallest.events)}`,
      `    matcher      ${showSaid(engine(smallest))}`,
      `    enumerator   ${showSaid(byDefinition(smallest))}`,
    ].join("\n");
  }
  return `matcher and enumerator differ on   ${where}   only if streams share their work: the search itself is wrong`;
}

function straight(each: Case): Said {
  return said(feed(open(each), each.events, each.until));
}

function restored(each: Case): Said {
  let matcher = open(each);
  const outcomes = each.events.flatMap((event, index) => {
    const state = throughJson(matcher.save());
    matcher = open(each);
    matcher.restore(state);
    return matcher.onEvent("k", { ...event, origin: { topic: "t", partition: 0, offset: BigInt(index + 1) } });
  });
  return said([...outcomes, ...matcher.advanceTo(each.until)]);
}

function open({ pattern }: Case): ReturnType<typeof matcherOf> {
  return matcherOf(pattern, { timedOut: "all", limits: UNLIMITED });
}

function said(outcomes: readonly Outcome[]): Said {
  return { matches: matchesOf(outcomes), timedOut: timedOutOf(outcomes) };
}

function byDefinition({ pattern, events, until }: Case): Said {
  const { matches, timedOut } = enumerate(pattern, events, { until });
  const show = (match: OracleMatch): string => `${formatRoles(match)}@${match.at}`;
  return { matches: matches.map(show), timedOut: timedOut.map(show) };
}

function showSaid({ matches, timedOut }: Said): string {
  const found = matches.length === 0 ? "nothing" : matches.map((match) => `{${match}}`).join(" ");
  return timedOut.length === 0 ? found : `${found}   timed out ${timedOut.map((run) => `{${run}}`).join(" ")}`;
}
