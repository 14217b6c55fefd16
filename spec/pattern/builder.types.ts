// What the compiler knows of a pattern: what its matches hold, how `on` narrows, and what it refuses. The sentences of
// the refusals are pinned in editor-errors.spec.ts, by the compiler that users have.
import { expectTypeOf } from "expect-type";
import {
  type AnyExpr,
  type BigExpr,
  type BoolExpr,
  type EqExpr,
  type EventOf,
  type ExprOf,
  type FlagExpr,
  type KeyOption,
  type ListExpr,
  type LoopExpr,
  type MatchOf,
  type NumExpr,
  type Pattern,
  pattern,
  type ResultOf,
  type StrExpr,
  sequence,
  type TimeOption,
} from "../../lib/index.ts";

type Charge = {
  type: "charge";
  card: string;
  amount: number;
  country: "DE" | "FR";
  at: number;
  meta?: { ip: string; tags?: string[] };
};
type Block = { type: "block"; card: string; at: number };
type Note = { type: "note" | "memo"; card: string; at: number; text: string | null };
type CardEvent = Charge | Block | Note;

const begun = pattern<CardEvent>("p").begin("a").on("charge");

// ---------------------------------------------------------------- what a match holds

{
  expectTypeOf<MatchOf<typeof begun>>().toEqualTypeOf<{ readonly a: Charge }>();
  const optional = begun.optional();
  expectTypeOf<MatchOf<typeof optional>>().toEqualTypeOf<{ readonly a: Charge | undefined }>();

  const three = begun.times(3);
  expectTypeOf<MatchOf<typeof three>["a"]>().toEqualTypeOf<readonly [Charge, Charge, Charge]>();
  const sixteen = begun.times(16);
  expectTypeOf<MatchOf<typeof sixteen>["a"]["length"]>().toEqualTypeOf<16>();
  const seventeen = begun.times(17);
  expectTypeOf<MatchOf<typeof seventeen>["a"]>().toEqualTypeOf<readonly [Charge, ...Charge[]]>();
  const some = begun.times(Number("3"));
  expectTypeOf<MatchOf<typeof some>["a"]>().toEqualTypeOf<readonly [Charge, ...Charge[]]>();
  const threeOrNone = begun.times(3).optional();
  expectTypeOf<MatchOf<typeof threeOrNone>["a"]>().toEqualTypeOf<readonly [Charge, Charge, Charge] | readonly []>();

  const oneToThree = begun.times(1, 3);
  expectTypeOf<MatchOf<typeof oneToThree>["a"]>().toEqualTypeOf<readonly [Charge, Charge?, Charge?]>();
  const upToTwo = begun.times(0, 2);
  expectTypeOf<MatchOf<typeof upToTwo>["a"]>().toEqualTypeOf<readonly [Charge?, Charge?]>();
  const twoToMany = begun.times(2, 50);
  expectTypeOf<MatchOf<typeof twoToMany>["a"][0]>().toEqualTypeOf<Charge>();
  expectTypeOf<MatchOf<typeof twoToMany>["a"][1]>().toEqualTypeOf<Charge>();
  expectTypeOf<MatchOf<typeof twoToMany>["a"][2]>().toEqualTypeOf<Charge | undefined>();
  const manyToMore = begun.times(20, 30);
  expectTypeOf<MatchOf<typeof manyToMore>["a"]>().toEqualTypeOf<readonly [Charge, ...Charge[]]>();

  const more = begun.oneOrMore();
  expectTypeOf<MatchOf<typeof more>["a"]>().toEqualTypeOf<readonly [Charge, ...Charge[]]>();
  const moreOrNone = begun.oneOrMore().greedy().optional();
  expectTypeOf<MatchOf<typeof moreOrNone>["a"]>().toEqualTypeOf<readonly [Charge, ...Charge[]] | readonly []>();
  const twoOrMore = begun.timesOrMore(2).until((e) => e.type.eq("block"));
  expectTypeOf<MatchOf<typeof twoOrMore>["a"]>().toEqualTypeOf<readonly [Charge, Charge, ...Charge[]]>();

  // Narrowing after the quantifier narrows the array.
  const late = pattern<CardEvent>("p").begin("a").times(2).on("block");
  expectTypeOf<MatchOf<typeof late>["a"]>().toEqualTypeOf<readonly [Block, Block]>();
}

{
  const absent = begun.notFollowedBy("n").on("block").followedBy("b").on("block").notNext("z").for;
  expectTypeOf(absent).not.toBeFunction();
  const pair = begun.notFollowedBy("n").on("block").followedBy("b").on("block");
  expectTypeOf<MatchOf<typeof pair>>().toEqualTypeOf<{ readonly a: Charge; readonly b: Block }>();
  const trailing = begun.notFollowedBy("n").on("block").for("1h");
  expectTypeOf<MatchOf<typeof trailing>>().toEqualTypeOf<{ readonly a: Charge }>();
}

// ---------------------------------------------------------------- groups

{
  const body = sequence<CardEvent>()
    .begin("fail")
    .on("block")
    .followedBy("note")
    .on("note", "memo")
    .optional()
    .followedBy("pay")
    .on("charge")
    .times(2);
  const group = begun.followedBy(body);
  type Expected = {
    readonly a: Charge;
    readonly fail: readonly [Block, ...Block[]];
    readonly note: readonly Note[];
    readonly pay: readonly [Charge, ...Charge[]];
  };
  expectTypeOf<MatchOf<typeof group>>().toEqualTypeOf<Expected>();
  const repeated = group.oneOrMore().until((e, m) => e.card.eq(m.a.card).and(m.fail.length.gt(3)));
  expectTypeOf<MatchOf<typeof repeated>>().toEqualTypeOf<Expected>();
  const optional = group.timesOrMore(2).optional();
  expectTypeOf<MatchOf<typeof optional>>().toEqualTypeOf<{
    readonly a: Charge;
    readonly fail: readonly Block[];
    readonly note: readonly Note[];
    readonly pay: readonly Charge[];
  }>();
  const none = group.times(0, 2);
  expectTypeOf<MatchOf<typeof none>["fail"]>().toEqualTypeOf<readonly Block[]>();

  // Said in place, a group knows the steps before it, and what follows knows its steps.
  const inPlace = begun
    .followedBy((g) =>
      g
        .begin("x")
        .on("block")
        .where((e, m) => {
          expectTypeOf(m.a.amount).toEqualTypeOf<NumExpr>();
          return e.card.eq(m.a.card);
        })
        .next("y")
        .where((e, m) => {
          expectTypeOf(m.x).toEqualTypeOf<LoopExpr<Block>>();
          return e.at.gt(m.x.last().at);
        }),
    )
    .times(2)
    .next("z")
    .filter((_, m) => {
      expectTypeOf(m.x).toEqualTypeOf<readonly [Block, ...Block[]]>();
      return m.x.length > 1;
    });
  expectTypeOf<MatchOf<typeof inPlace>>().toEqualTypeOf<{
    readonly a: Charge;
    readonly x: readonly [Block, ...Block[]];
    readonly y: readonly [CardEvent, ...CardEvent[]];
    readonly z: CardEvent;
  }>();

  // Groups in groups.
  const deep = pattern<CardEvent>("p").begin((g) =>
    g
      .begin("o")
      .on("charge")
      .next((h) =>
        h
          .begin("i")
          .next((k) => k.begin("z").where((e, m) => e.card.eq(m.o.last().card).and(m.i.length.gt(0))))
          .optional(),
      ),
  );
  expectTypeOf<MatchOf<typeof deep>>().toEqualTypeOf<{
    readonly o: readonly [Charge, ...Charge[]];
    readonly i: readonly [CardEvent, ...CardEvent[]];
    readonly z: readonly CardEvent[];
  }>();
  const nested = pattern<CardEvent>("p").begin((g) => g.begin("o").next(sequence<CardEvent>().begin("i")).oneOrMore());
  expectTypeOf<MatchOf<typeof nested>>().toEqualTypeOf<{
    readonly o: readonly [CardEvent, ...CardEvent[]];
    readonly i: readonly [CardEvent, ...CardEvent[]];
  }>();
}

// ---------------------------------------------------------------- narrowing

pattern<CardEvent>("p")
  .begin("a")
  .where((e) => {
    expectTypeOf(e.type).toEqualTypeOf<StrExpr<"charge" | "block" | "note" | "memo">>();
    expectTypeOf(e.card).toEqualTypeOf<StrExpr>();
    return e.at.gt(0);
  })
  .next("b")
  .on("charge")
  .where((e) => {
    expectTypeOf(e).toEqualTypeOf<ExprOf<Charge>>();
    expectTypeOf(e.country).toEqualTypeOf<StrExpr<"DE" | "FR">>();
    expectTypeOf(e.meta.ip).toEqualTypeOf<StrExpr>();
    expectTypeOf(e.meta.tags).toEqualTypeOf<ListExpr<string>>();
    return e.meta.ip.startsWith("10.").and(e.meta.tags.at(0).eq("vip"));
  })
  .filter((e, m) => {
    expectTypeOf(e).toEqualTypeOf<Charge>();
    expectTypeOf(m).toEqualTypeOf<{ readonly a: CardEvent }>();
    return true;
  })
  .next("c")
  .on("charge", "block")
  .filter((e) => {
    expectTypeOf(e).toEqualTypeOf<Charge | Block>();
    return true;
  })
  .next("d")
  .on("memo")
  .filter((e) => {
    expectTypeOf(e.type).toEqualTypeOf<"memo">();
    expectTypeOf(e.text).toEqualTypeOf<string | null>();
    return true;
  })
  .next("loop")
  .oneOrMore()
  .on("block")
  .where((e, m) => {
    expectTypeOf(m.loop).toEqualTypeOf<LoopExpr<Block>>();
    return e.at.gt(m.loop.max((each) => each.at));
  })
  .filter((e, m) => {
    expectTypeOf(e).toEqualTypeOf<Block>();
    expectTypeOf(m.loop).toEqualTypeOf<readonly Block[]>();
    return true;
  })
  .until((e, m) => {
    expectTypeOf(e).toEqualTypeOf<ExprOf<CardEvent>>();
    return e.card.ne(m.loop.first().card);
  })
  .select((m) => {
    expectTypeOf(m.b).toEqualTypeOf<Charge>();
    expectTypeOf(m.c).toEqualTypeOf<Charge | Block>();
    return m.loop.length;
  });

{
  // Another tag field, and one that is no union of literals.
  const kinds = pattern<{ kind: "a"; x: number } | { kind: "b"; y: string }, "kind">("p", { tag: "kind" });
  const one = kinds.begin("s").on("b");
  expectTypeOf<MatchOf<typeof one>["s"]>().toEqualTypeOf<{ kind: "b"; y: string }>();
  const loose = pattern<{ type: string; x: number }>("p").begin("s").on("anything");
  expectTypeOf<MatchOf<typeof loose>["s"]["type"]>().toEqualTypeOf<"anything">();
  expectTypeOf<MatchOf<typeof loose>["s"]["x"]>().toEqualTypeOf<number>();
}

// ---------------------------------------------------------------- expressions

{
  const size = 5n;
  type Everything = {
    flag: boolean;
    count?: number;
    size: bigint;
    name: string | null;
    code: 200 | 404;
    mixed: string | number;
    deep: { inner: { eq: number; length: number } };
    list: { sku: string }[];
    pair: [number, string];
    any: unknown;
  };
  type E = ExprOf<Everything>;
  expectTypeOf<E["flag"]>().toEqualTypeOf<FlagExpr>();
  expectTypeOf<E["count"]>().toEqualTypeOf<NumExpr>();
  expectTypeOf<E["size"]>().toEqualTypeOf<BigExpr>();
  expectTypeOf<E["name"]>().toEqualTypeOf<StrExpr>();
  expectTypeOf<E["code"]>().toEqualTypeOf<NumExpr>();
  expectTypeOf<E["mixed"]>().toEqualTypeOf<EqExpr<string | number>>();
  expectTypeOf<E["deep"]["inner"]["eq"]>().toEqualTypeOf<NumExpr>();
  expectTypeOf<E["deep"]["inner"]["length"]>().toEqualTypeOf<NumExpr>();
  expectTypeOf<E["list"]>().toEqualTypeOf<ListExpr<{ sku: string }>>();
  expectTypeOf<E["any"]>().toEqualTypeOf<AnyExpr>();

  pattern<Everything>("p")
    .begin("a")
    .where((e) => e.flag.and(e.count.plus(1).times(2).between(1, e.count)).or(e.size.gte(size)).not())
    .where((e) => e.mixed.oneOf(["x", 1]).and(e.deep.inner.eq.eq(1)).and(e.list.at(0).sku.includes("x")))
    .orWhere((e) => e.flag)
    .orWhere((e) => e.any["deeper"].still.gt(2).and(e.any).and(e.flag.eq(true)))
    .filter((e) => e.count !== undefined, { version: 2 });
}

{
  // Conditions written apart from a pattern.
  const isForeign = (e: ExprOf<Charge>): BoolExpr => e.country.ne("DE");
  begun.where(isForeign);
  // @ts-expect-error Property 'country' does not exist: not every event has one
  pattern<CardEvent>("p").begin("a").where(isForeign);
}

// ---------------------------------------------------------------- results and time bounds

{
  const selected = begun
    .times(3)
    .within("10m")
    .skip({ toLast: "a" })
    .select((m) => ({ card: m.a[0].card }));
  expectTypeOf<ResultOf<typeof selected>>().toEqualTypeOf<{ card: string }>();
  expectTypeOf<EventOf<typeof selected>>().toEqualTypeOf<CardEvent>();
  expectTypeOf<ResultOf<typeof begun>>().toEqualTypeOf<{ readonly a: Charge }>();

  const timed = (p: Pattern<CardEvent, unknown, unknown, true>) => p;
  const untimed = (p: Pattern<CardEvent, unknown, unknown, false>) => p;
  untimed(begun);
  untimed(
    begun
      .next("b")
      .times(2)
      .skip("pastLast")
      .select(() => 1),
  );
  timed(begun.within(1_000));
  timed(begun.maxGap("1h30m").next("b"));
  timed(begun.next("b").times(2).maxGap("5s").optional());
  timed(begun.notFollowedBy("n").for("1h"));
  timed(begun.oncePer("1h").select(() => 1));
  timed(begun.next((g) => g.begin("x").next("y").maxGap("1m")).oneOrMore());
  timed(begun.next(sequence<CardEvent>().begin("x").maxGap("1m")));
  timed(
    begun
      .next("b")
      .next((g) => g.begin("x"))
      .maxGap("1m"),
  );
  // @ts-expect-error without a time bound
  timed(begun);
  // @ts-expect-error with a time bound
  untimed(begun.within("1h"));

  // A pattern of more events is not one of fewer, but matches them.
  const ofAll: Pattern<Charge> = begun;
  // @ts-expect-error a pattern that knows only charges cannot be given other events
  const ofCharges: Pattern<CardEvent> = pattern<Charge>("p").begin("a");
  void [ofAll, ofCharges];
}

// ---------------------------------------------------------------- key and time

{
  const keys: KeyOption<CardEvent>[] = [
    { key: (e) => e.card },
    { key: (e) => [e.card, e.type] },
    { key: () => "all" },
    { keyOf: (e) => e.card },
    { keyOf: () => null },
    // @ts-expect-error Property 'amount' does not exist: not every event has one
    { key: (e) => e.amount },
    // @ts-expect-error an object is no key
    { keyOf: (e) => e },
  ];
  const times: TimeOption<CardEvent>[] = [
    { time: (e) => e.at },
    { time: (e) => e.at.times(1_000) },
    { time: (e) => e.card },
    { timeOf: (e) => e.at },
    // @ts-expect-error a text is no instant
    { timeOf: (e) => e.card },
  ];
  // @ts-expect-error one of the two
  const both: KeyOption<CardEvent> = { key: (e) => e.card, keyOf: (e: CardEvent) => e.card };
  void [keys, times, both];
}

// ---------------------------------------------------------------- what may follow what

{
  const body = sequence<CardEvent>().begin("x").next("y");
  // @ts-expect-error a group has no window of its own
  body.within("1h");
  // @ts-expect-error say select at the end of the pattern
  body.select(() => 1);
  // @ts-expect-error step "x" is already defined
  begun.next(body).next(sequence<CardEvent>().begin("x"));
  // @ts-expect-error step "a" is already defined
  begun.next((g) => g.begin("a"));
  // @ts-expect-error the group is about other events than the pattern
  begun.next(sequence<Charge>().begin("x"));
  // @ts-expect-error the group says { tag: "type" }, the pattern { tag: "card" }
  pattern<CardEvent, "card">("p", { tag: "card" }).begin("a").next(body);
  // @ts-expect-error a pattern is no group
  begun.next(pattern<CardEvent>("q").begin("x"));
  // @ts-expect-error a pattern starts with begin
  pattern<CardEvent>("p").next("a");
  // @ts-expect-error within ends the elements
  begun.within("1h").next("b");
  // @ts-expect-error a step needs a name
  begun.next("");
  // @ts-expect-error a name has no ":"
  begun.next("a:b");
  // @ts-expect-error no duration
  begun.within("10 minutes");
  // @ts-expect-error the step may be missing: orElse
  begun.next("b").optional().skip({ toLast: "b" });
  begun.next("b").optional().skip({ toLast: "b", orElse: "none" });
  begun.skip("toNext", { emit: "ordered" });
  // Names that are not known to the compiler are not compared.
  begun.next(String("x")).next("y");
}
