// The definition, sentence by sentence, on cases small enough to be verified by eye. The notation is explained at the
// top of notation.ts: `a1 b3` are the events at positions 1 and 3 in steps a and b; `at 3` means reported by an event
// whose time is 3, `by 11` by a deadline. Events come at 1, 2, 3 … unless a time is written.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { enumerate } from "./enumerate.ts";
import { formatMatch, formatRoles } from "./format.ts";
import { parseEvents, parsePattern } from "./notation.ts";

const it = suite("oracle/enumerate");
const END_OF_TIME = Number.POSITIVE_INFINITY;

/** All matches in order. What is expected may leave out when they are reported. */
function check(pattern: string, events: string, expected: readonly string[], until: number = END_OF_TIME): void {
  const { matches } = enumerate(parsePattern(pattern), parseEvents(events), { until });
  const isTimed = expected.some((each) => / (at|by) /.test(each));
  assert.equal(matches.map(isTimed ? formatMatch : formatRoles), expected, `${pattern}   on   ${events}`);
}

/** All timed-out partial matches in order. */
function timesOut(pattern: string, events: string, expected: readonly string[], until: number = END_OF_TIME): void {
  const { timedOut } = enumerate(parsePattern(pattern), parseEvents(events), { until });
  assert.equal(timedOut.map(formatMatch), expected, `${pattern}   on   ${events}`);
}

it("1: each taken event satisfies its step's condition", () => {
  check("a b", "a b", ["a1 b2"]);
  check("a b", "b a", []);
  check("x:ab y:^ab y2:.", "b c a", ["x1 y2 y23"]);
  check("a[v>2]", "a=2 a=3 a", ["a2"]);
});

it("1: conditions see the events taken before", () => {
  check("a b[v>a.v]", "a=1 b=1 b=2", ["a1 b3"]);
  check("a+ b[v=a.last.v]", "a=1 a=2 b=1", ["a1 b3"]);
  check("a{2} b[v=sum(a.v)]", "a=1 a=2 b=2 b=3", ["a1 a2 b4"]);
  // The first a has nothing to be compared with, later ones must rise.
  check("a[not(v<=a.last.v)]{3}", "a=1 a=3 a=2 a=4", ["a1 a2 a4"]);
});

it("1: an event has one role per match, and positions increase strictly", () => {
  check("x:a y:a", "a", []);
  check("x:a y:a", "a a", ["x1 y2"]);
});

it("1: a condition that throws is false in a step, true in an absence and in an until", () => {
  check("a[boom]", "a! a", ["a2"]);
  check("a !n[boom&v=1].. b", "a n! b", []);
  check("a !n[boom&v=1].. b", "a n b", ["a1 b3"]);
  check("a+/[boom&v=1] b", "a a! a b", ["a1 b4", "a3 b4"]);
});

it("2: counts", () => {
  check("a{2}", "a a a", ["a1 a2", "a2 a3"]);
  check("a{1,2}", "a a a", ["a1", "a1 a2", "a2", "a2 a3", "a3"]);
  check("a{2,}", "a a a", ["a1 a2", "a1 a2 a3", "a2 a3"]);
  check("a+", "a a", ["a1", "a1 a2", "a2"]);
  check("a b? c", "a b c", ["a1 b2 c3", "a1 c3"]);
  check("a b* c", "a b b c", ["a1 b2 b3 c4", "a1 b2 c4", "a1 c4"]);
  check("a b{2}? c", "a b c", ["a1 c3"]);
});

it("2: iterations of groups", () => {
  check("(a b){2}", "a b a b", ["a1 b2 a3 b4"]);
  check("(a b?)+ c", "a a b c", ["a1 a2 b3 c4", "a1 a2 c4", "a1 b3 c4", "a1 c4", "a2 b3 c4", "a2 c4"]);
  check("a (b c)? d", "a b c d", ["a1 b2 c3 d4", "a1 d4"]);
  check("a (b c)? d", "a b d", ["a1 d3"]);
});

it("2: an iteration may take nothing if all its parts are optional and the count is bounded", () => {
  check("(a? b?){2}", "b a", ["b1", "b1 a2", "a2"]);
  check("(a? b?){2} c", "c", ["c1"]);
  check("(a? b?){2} c", "a c", ["a1 c2", "c2"]);
  // It owes nothing: no absence, no greed.
  check("x (a? !n.. b?) c", "x n c", ["x1 c3"]);
  check("x (a*^) c", "x a c", ["x1 a2 c3", "x1 c3"]);
  // And leaves the link to the next.
  check("x ; (a?){2} c", "x a n a c", ["x1 a2 a4 c5", "x1 a2 c5", "x1 c5"]);
});

it("2: at least one event is taken in all", () => {
  check("a?", "n", []);
  check("a? b?", "n b", ["b2"]);
});

it("3: strict, relaxed, any", () => {
  check("a ; b", "a b", ["a1 b2"]);
  check("a ; b", "a n b", []);
  check("a , b", "a n b b", ["a1 b3"]);
  check("a ~ b", "a n b b", ["a1 b3", "a1 b4"]);
});

it("3: later events of a loop use its inner contiguity", () => {
  check("a{2};", "a n a a", ["a3 a4"]);
  check("a{2}", "a n a a", ["a1 a3", "a3 a4"]);
  check("a{2}~", "a n a a", ["a1 a3", "a1 a4", "a3 a4"]);
  check("x ~ a{2};", "x a n a a", ["x1 a4 a5"]);
});

it("3: between i and j the condition is evaluated as it would have been then, its until left aside", () => {
  check("a b[v>a.v]", "a=2 b=1 b=3 b=4", ["a1 b3"]);
  // b2 may not be taken, yet it satisfies the condition and so bars b3.
  check("a b+/[v=9]", "a b=9 b", []);
  check("a ~ b+/[v=9]", "a b=9 b", ["a1 b3"]);
});

it("3: the first event of the match is free", () => {
  check("a", "n a", ["a2"]);
  check("a? ; b", "n b", ["b2"]);
});

it("3: a group's own link is for the head of its first iteration, its inner contiguity for the heads of later ones", () => {
  check("x ; (a b)", "x a n b", ["x1 a2 b4"]);
  check("x ; (a b)", "x n a b", []);
  check("(a b){2};", "a b n a b", []);
  check("(a b){2};", "a b a n b", ["a1 b2 a3 b5"]);
  check("(a b){2}~", "a b a a b", ["a1 b2 a3 b5", "a1 b2 a4 b5"]);
  // A loop at the head of a group keeps its own inner contiguity.
  check("x ; (a{2})", "x a n a", ["x1 a2 a4"]);
  check("x (a{2};)", "x n a a", ["x1 a3 a4"]);
});

it("3: if the head of a group is skipped, the next step in the body keeps its own link", () => {
  check("x ; (a? b)", "x n b", ["x1 b3"]);
  check("x (a? ; b)", "x n b", []);
  check("(a? b){2};", "a b n b", ["a1 b2 b4", "b2 b4"]);
  // A skipped element takes its link with it.
  check("x a? ; b", "x n b", []);
  check("x ; a? b", "x n b", ["x1 b3"]);
});

it("4: notNext forbids the next event, even if it is the one taken", () => {
  check("a !n b", "a n b", []);
  check("a !n b", "a m n b", ["a1 b4"]);
  check("a !n:b[v>5] b", "a b=6", []);
  check("a !n:b[v>5] b", "a b=5", ["a1 b2"]);
});

it("4: notNext holds for every position at which the element before it could have ended", () => {
  check("a+ !n b", "a n a b", ["a3 b4"]);
  check("a{2,} !n b", "a n a b", ["a1 a3 b4"]);
  check("(a)+ !n b", "a n a b", ["a1 a3 b4", "a3 b4"]);
});

it("4: notFollowedBy counts from the first event of a step, from the last event of a group", () => {
  check("a !n.. b", "a m b", ["a1 b3"]);
  check("a !n.. b", "a m n b", []);
  check("a{2} !n.. b", "a n a b", []);
  check("a{2} !n[v=a.last.v].. b", "a=1 n=2 a=2 b", ["a1 a3 b4"]);
  check("(a{2}) !n.. b", "a n a b", ["a1 a3 b4"]);
  check("(a{2}) !n.. b", "a a n b", []);
});

it("4: notFollowedBy counts up to the first event taken after it, which is not between", () => {
  check("a !n:b.. b", "a b", ["a1 b2"]);
  check("a !n.. b? c", "a b n c", ["a1 b2 c4"]);
  check("a !n.. b? c", "a n b c", []);
  // Even if that is outside the group of the absence.
  check("(a !n.. b?) c", "a n c", []);
  check("(a !n.. b?) c", "a b n c", ["a1 b2 c4"]);
  check("(a !n.. b?){2} c", "a n a c", []);
});

it("4: several absences in a row all hold", () => {
  check("a !n !m.. b", "a k b", ["a1 b3"]);
  check("a !n !m.. b", "a n b", []);
  check("a !n !m.. b", "a m b", []);
  check("a !n !m.. b", "a k n b", ["a1 b4"]);
});

it("4: an optional element before an absence", () => {
  check("a b? !n.. c", "a n b c", ["a1 b3 c4"]);
  check("a b? !n.. c", "a b n c", []);
  check("a b? !n c", "a b n c", ["a1 c4"]);
  check("a b? !n c", "a n b c", ["a1 b3 c4"]);
});

it("5: until a step's loop: of no event it takes, of none between two of them", () => {
  check("a+/u b", "a u a b", ["a1 b4", "a3 b4"]);
  check("a+/[v=9] b", "a=1 a=9 b", ["a1 b3"]);
  check("x a+/u", "x u a", ["x1 a3"]);
  check("a+/[v=a.last.v] b", "a=1 a=2 a=2 a=3 b", ["a1 a2 b5", "a1 b5", "a2 b5", "a3 a4 b5", "a3 b5", "a4 b5"]);
});

it("5: until a group's loop: also of none between the event before it and its first", () => {
  check("x (a)+/u", "x u a", []);
  check("(a)+/u", "u a u a", ["a2", "a4"]);
  check("(a b)+/u c", "a u b c", []);
  check("(a b)+/u c", "a b u c", ["a1 b2 c4"]);
});

it("6: a greedy loop leaves nothing it could have taken, up to and including what follows", () => {
  check("a+ b", "a a b", ["a1 a2 b3", "a1 b3", "a2 b3"]);
  check("a+^ b", "a a b", ["a1 a2 b3", "a2 b3"]);
  check("a+^ x:ab", "a a b", ["a1 a2 x3", "a2 x3"]);
  check("x a*^ b", "x a b", ["x1 a2 b3"]);
  check("x a*^ b", "x b", ["x1 b2"]);
  check("x a{2,3}?^ b", "x a b", []);
});

it("6: what follows may begin the next iteration of a group around the loop", () => {
  check("(a+^ b?){1,2} c", "a a c", ["a1 a2 c3", "a2 c3"]);
});

it("6: an optional greedy loop at the start, if the match begins behind it, only competes for that event", () => {
  check("a*^ x:ab", "a b", ["a1 x2", "x2"]);
  check("a*^ b", "a n b", ["a1 b3", "b3"]);
});

it("6: a greedy loop at its maximum, broken, or after its until could not have taken more", () => {
  check("a{1,2}^ x:a", "a a a", ["a1 a2 x3"]);
  check("a+;^ b", "a n a b", ["a1 b4", "a3 b4"]);
  check("a+^/u b", "a u a b", ["a1 b4", "a3 b4"]);
  check("(a+^ b)+/u", "a b", ["a1 b2"]);
  check("(a+^)+/u b", "a u a b", ["a1 b4", "a3 b4"]);
  check("x a*^ ~ b", "x b a b", ["x1 b2", "x1 a3 b4"]);
  check("x ; a*^ b", "x n a b", ["x1 b4"]);
});

it("7: within and maxGap are half-open", () => {
  check("a b | within 5", "a@1 b@5", ["a1 b2"]);
  check("a b | within 5", "a@1 b@6", []);
  check("a b<3", "a@1 b@3", ["a1 b2"]);
  check("a b<3", "a@1 b@4", []);
  check("a b+<3", "a@1 b@3 b@5 b@8", ["a1 b2", "a1 b2 b3"]);
  check("x (a b)<3", "x@1 a@3 b@5", ["x1 a2 b3"]);
  check("x (a b)<3", "x@1 a@3 b@6", []);
  check("x (a b)<3", "x@1 a@4 b@5", []);
});

it("7: a trailing absence may have its own deadline; within then bounds only what is taken", () => {
  check("a b !n..5 | within 4", "a@1 b@4 c@20", ["a1 b2 by 9"]);
  check("a b !n..5 | within 4", "a@1 b@4 n@8", []);
  check("a b !n..5 | within 4", "a@1 b@4 n@9", ["a1 b2 by 9"]);
  check("a b !n..5 | within 4", "a@1 b@5", []);
});

it("when: at the event that completes it", () => {
  check("a+ b", "a@3 a@5 b@9", ["a1 a2 b3 at 9", "a1 b3 at 9", "a2 b3 at 9"]);
});

it("when: a match that ends in notFollowedBy, at its deadline, which it carries", () => {
  check("a !n.. | within 10", "a@1 b@5 c@20", ["a1 by 11"]);
  check("a !n.. | within 10", "a@1 n@10", []);
  check("a !n.. | within 10", "a@1 n@11", ["a1 by 11"]);
  check("a !n.. b? | within 10", "a@1 b@5", ["a1 b2 at 5", "a1 by 11"]);
  check("a !n.. | within 10", "a@1", ["a1 by 11"], 11);
  check("a !n.. | within 10", "a@1", [], 10);
});

it("when: a match that ends in notNext, at the next event, or at its deadline if that comes first", () => {
  check("a !n | within 10", "a@1 b@5", ["a1 at 5"]);
  check("a !n | within 10", "a@1 n@5", []);
  check("a !n | within 10", "a@1 n@11", ["a1 by 11"]);
  check("a !n | within 10", "a@1", ["a1 by 11"]);
  check("a !n !m.. | within 10", "a@1 k@5 n@6", ["a1 by 11"]);
  check("a+ !n | within 10", "a@1 n@2 a@3 k@4", ["a3 at 4"]);
  check("a+ !n | within 10", "a@1 n@2 a@3", ["a3 by 13"]);
  check("a !n", "a c", ["a1 at 2"]);
  check("a !n", "a", []);
});

it("when: a trailing greedy loop once, when it can grow no more", () => {
  check("x a{1,2}^", "x a a a", ["x1 a2 a3 at 3"]);
  check("x a+^/u", "x a a u a", ["x1 a2 a3 at 4"]);
  check("x a+;^", "x a a n", ["x1 a2 a3 at 4"]);
  check("x a+^ | within 10", "x a a n", ["x1 a2 a3 by 11"]);
  check("x a*^ | within 10", "x n", ["x1 by 11"]);
  check("x a*^ | within 10", "x a", ["x1 a2 by 11"]);
  // An until before a loop has begun does not keep it from beginning (rule 5).
  check("x a*^/u | within 10", "x u", ["x1 by 11"]);
  check("x a*^/u | within 10", "x u a", ["x1 a3 by 11"]);
  // A strict link not followed does.
  check("x ; a*^ | within 10", "x n a", ["x1 at 2"]);
  check("x a+^<3 | within 10", "x a a n", ["x1 a2 a3 by 6"]);
  check("x a+^", "x a a n", []);
  check("x (a+^ b?)+/u", "x a u", ["x1 a2 at 3"]);
  check("x a+^ b? | within 10", "x a b", ["x1 a2 b3 at 3", "x1 a2 by 11"]);
  check("x a+^ !n.. | within 10", "x a a", ["x1 a2 a3 by 11"]);
  // What within keeps from being taken is not left over, even if the match waits longer for a deadline of its own.
  check("x a*^ !n..9 | within 3", "x@1 a@4", ["x1 by 10"]);
  check("a+^ !n..5 | within 11", "a@1 a@10 a@12", ["a1 by 6", "a1 a2 by 15", "a2 a3 by 17", "a3 by 17"]);
});

it("when: deadlines that are due come before the event that made them due", () => {
  check("a !n.. b? | within 10", "a@1 a@2 b@11", ["a1 by 11", "a2 b3 at 11", "a2 by 12"]);
});

it("when: a partial match times out when its within deadline passes", () => {
  timesOut("a b | within 5", "a@1 n@3 n@9", ["a1 by 6"]);
  timesOut("a b | within 5", "a@1 b@5", []);
  timesOut("a b+ c | within 5", "a b b", ["a1 b2 by 6", "a1 b2 b3 by 6"]);
  timesOut("a b ; c | within 5", "a", ["a1 by 6"]);
  timesOut("(a b){2} | within 5", "a", ["a1 by 6"]);
  timesOut("a b | within 5", "a@1", ["a1 by 6"], 6);
  timesOut("a b | within 5", "a@1", [], 5);
});

it("when: it must have been able to be completed", () => {
  timesOut("a ; b | within 5", "a n", []);
  timesOut("a !n.. b | within 5", "a n", []);
  timesOut("a (b)+ !n.. c | within 9", "a b n", ["a1 b2 by 10"]);
  timesOut("a b? !n.. c | within 9", "a n", ["a1 by 10"]);
  timesOut("a+^ b | within 9", "a a", ["a1 a2 by 10", "a2 by 11"]);
});

it("when: a maxGap only ends it", () => {
  timesOut("a b<2 | within 5", "a", []);
  timesOut("a b<5 | within 5", "a", ["a1 by 6"]);
  timesOut("a b? c<2 | within 5", "a", ["a1 by 6"]);
});

it("when: a reported match never times out, nor does one that waits for a deadline of its own", () => {
  timesOut("a b? | within 5", "a", []);
  timesOut("a ~ b+ | within 5", "a b", ["a1 by 6"]);
  timesOut("a b !n..9 | within 5", "a@1 b@2", []);
  timesOut("a b !n..9 | within 5", "a@1 n@2", ["a1 by 6"]);
});

it("the set: the same events in the same roles once", () => {
  check("(a{1,2}){1,2}", "a a", ["a1", "a1 a2", "a2"]);
  check("(a? b?){1,2}", "a", ["a1"]);
});

it("the set: by report time, then positions left to right, a prefix first, then step order", () => {
  check("a b? !n.. | within 10", "a b", ["a1 by 11", "a1 b2 by 11"]);
  check("x:a? y:a?", "a", ["x1", "y1"]);
  check("x:a y:b? z:b? c", "a b c", ["x1 y2 c3", "x1 z2 c3", "x1 c3"]);
  check("a ~ b ~ c", "a a b b c", ["a1 b3 c5", "a1 b4 c5", "a2 b3 c5", "a2 b4 c5"]);
});

it("oncePer suppresses others within its time of a reported match", () => {
  check("a | oncePer 3", "a a a a a", ["a1", "a4"]);
  // Skip is applied first: a3 b4 is suppressed, yet it drops a3 b4 c5.
  check("a b c? | skip pastLast oncePer 3", "a b a b c@9", ["a1 b2 at 2"]);
  check("a b c? | skip pastLast", "a b a b c@9", ["a1 b2 at 2", "a3 b4 at 4"]);
  check("a b c? | oncePer 3", "a b a b c@9", ["a1 b2 at 2", "a1 b2 c5 at 9"]);
});

it("skip: each reported match drops those that begin up to its first or last event, or before a step's", () => {
  check("a+ b", "a a b", ["a1 a2 b3", "a1 b3", "a2 b3"]);
  check("a+ b | skip toNext", "a a b", ["a1 a2 b3", "a2 b3"]);
  check("a+ b | skip pastLast", "a a b", ["a1 a2 b3"]);
  check("a+ b | skip toFirst b", "a a b", ["a1 a2 b3"]);
  check("a+ b | skip toFirst a", "a a b", ["a1 a2 b3", "a1 b3", "a2 b3"]);
  check("a+ b | skip toLast a", "a a b", ["a1 a2 b3", "a2 b3"]);
});

it("skip: what happens if the step took nothing", () => {
  check("a b? ~ c | skip toFirst b orElse toNext", "a c c", ["a1 c2"]);
  check("a b? ~ c | skip toFirst b orElse none", "a c c", ["a1 c2", "a1 c3"]);
});

it("skip: eager is a filter over the matches in order; the first to complete wins", () => {
  check("x:ab y:c[v=x.v] | within 10", "a=1 b=2 c=2 c=1", ["x2 y3 at 3", "x1 y4 at 4"]);
  check("x:ab y:c[v=x.v] | within 10 skip pastLast", "a=1 b=2 c=2 c=1", ["x2 y3 at 3"]);
});

it("skip: ordered holds a match while a run with an earlier first position lives", () => {
  check("x:ab y:c[v=x.v] | within 10 skip pastLast ordered", "a=1 b=2 c=2 c=1", ["x1 y4 at 4"]);
  check("x:ab y:c[v=x.v] | within 10 ordered", "a=1 b=2 c=2 c=1", ["x1 y4 at 4", "x2 y3 at 4"]);
  check("x:ab y:c[v=x.v] | within 10 skip pastLast ordered", "a=1 b=2 c=2 n", ["x2 y3 by 11"]);
  check("x:ab y:c[v=x.v] | within 10 skip pastLast ordered", "a=1 b=2 c=2 n", [], 10);
  // A run that a maxGap has ended holds nothing back any more.
  check("x:ab y:c[v=x.v]<4 | within 10 ordered", "a=1 b=2 c=2", ["x2 y3 by 5"]);
  // Nor does one that an event has killed.
  check("x:ab !n.. y:c[v=x.v] | within 10 ordered", "a=1 b=2 c=2 n", ["x2 y3 at 4"]);
  // Nor does one that a reported match has dropped.
  check("x:ab y:c[v=x.v] z:d? | within 10 skip pastLast ordered", "a=1 c=1 b=2 c=2", ["x1 y2 at 2", "x3 y4 at 4"]);
  // One that has been reported but can still grow does.
  check("x:ab y:c[v=x.v] z:d? | within 10 ordered", "a=1 b=2 c=2 c=1", ["x1 y4 at 4", "x2 y3 by 11"]);
});

it("skip: timed-out matches are those of runs that were not dropped", () => {
  timesOut("a ~ c | within 5", "a a c", ["a1 by 6", "a2 by 7"]);
  timesOut("a ~ c | within 5 skip pastLast", "a a c", []);
  timesOut("a ~ b ~ c | within 5", "a b c b", ["a1 by 6", "a1 b2 by 6", "a1 b4 by 6"]);
  timesOut("a ~ b ~ c | within 5 skip toNext", "a b c b", []);
});

it("time: equal times keep their order", () => {
  check("a ; b", "a@1 b@1", ["a1 b2"]);
  check("a ; b", "b@1 a@1", []);
  check("a !n.. | within 1", "a@1 n@1", []);
});

it.run();
