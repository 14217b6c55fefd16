// Cycles of killing, cut into rounds: each is a service of its own, whose whole output is judged, so that a mistake is seen soon after it
// was made.
import { Deaths, killAgainAndAgain, NAMES } from "./cycles.ts";
import { type FieldBroker, openField } from "./field.ts";
import { isGood, sayVerdict, type Verdict } from "./judge.ts";
import type { Outcome, Trial } from "./scenario.ts";

const CYCLES_PER_ROUND = 25;

/** Kills so many times, as far as it is not ended early; the verdict over all, and how often who died where. */
export async function crashRounds(
  { broker, seed, tell, signal }: Omit<Trial, "broker"> & { readonly broker: () => Promise<FieldBroker> },
  cycles: number,
): Promise<Outcome> {
  const on = await broker();
  const deaths = new Deaths();
  const verdicts: Verdict[] = [];
  while (!deaths.areEnough(cycles) && !signal.aborted && verdicts.every(isGood)) {
    const round = verdicts.length + 1;
    const field = await openField(on, "crash", { seed: seed * 1_000 + round });
    field.write();
    const atOnce = Math.min(cycles, deaths.total + CYCLES_PER_ROUND);
    await killAgainAndAgain(field, deaths, atOnce, { tell: (line) => tell(`${line}, of ${cycles} in all`), signal });
    verdicts.push(await field.finish());
    tell(`round ${round}: ${sayVerdict(verdicts.at(-1) as Verdict)}`);
  }
  const missing = deaths.missing();
  const isEnough = cycles < NAMES.length || signal.aborted || missing.length === 0;
  const never = isEnough ? [] : [`never killed at: ${missing.join("; ")}`];
  return {
    isGood: verdicts.every(isGood) && isEnough,
    said: [
      `${deaths.total} cycles, ${deaths.idle} kills did not count: ${sayVerdict(sumOf(verdicts))}`,
      ...deaths.table(),
      ...never,
    ].join("\n"),
  };
}

function sumOf(verdicts: readonly Verdict[]): Verdict {
  const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((all, each) => all + of(each), 0);
  return {
    records: sum(({ records }) => records),
    alerts: sum(({ alerts }) => alerts),
    missing: sum(({ missing }) => missing),
    twice: sum(({ twice }) => twice),
    wrong: sum(({ wrong }) => wrong),
    otherwise: sum(({ otherwise }) => otherwise),
    otherwiseWrong: sum(({ otherwiseWrong }) => otherwiseWrong),
    aborted: sum(({ aborted }) => aborted),
    examples: verdicts.flatMap(({ examples }) => examples),
  };
}
