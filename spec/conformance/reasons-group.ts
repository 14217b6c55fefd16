// Reasons that lie in groups.

import { fits, pairsOfRuns } from "./asking.ts";
import type { FlinkCase } from "./case.ts";
import { endsLoosely, isAbsence, isGroup, sitesOf, stepsIn, whatPrecedes } from "./structure.ts";

// group-until: the event that ends a group's loop also ends runs that need nothing more of the group, where they wait inside it.

export function endsInsideGroup(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isGroup(site) || !endsLoosely(site.element.elements)) return false;
    const { until } = site.element.quantifier;
    if (until === null) return false;
    const inside = stepsIn(site.element).map(({ name }) => name);
    return pairsOfRuns(asked).some(
      ({ from, to, passed, decided }) =>
        inside.includes(from) &&
        (to === null || !inside.includes(to)) &&
        [...passed, ...decided].some((event) => fits({ on: null, condition: until }, event)),
    );
  });
}

// group-absence: an absence after a group bites while a run may still go on before it.

export function bitesGroup(asked: FlinkCase): boolean {
  return sitesOf(asked.pattern.elements).some((site) => {
    if (!isAbsence(site)) return false;
    const before = whatPrecedes(site).map(({ element }) => element);
    if (!before.some(({ kind }) => kind === "group")) return false;
    const inside = before.flatMap(stepsIn).map(({ name }) => name);
    return pairsOfRuns(asked).some(
      ({ from, to, passed }) =>
        inside.includes(from) &&
        (to === null || inside.includes(to)) &&
        passed.some((event) => fits(site.element, event)),
    );
  });
}
