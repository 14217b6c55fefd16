// Who listens to no notices gets them as errors, which say what was lost and what to do.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError, PatternError } from "../../lib/core/errors.ts";
import { alarm } from "../../lib/matching/alarm.ts";
import type { FunctionFailed, LimitReached } from "../../lib/matching/matcher.ts";

const it = suite("alarm");

const LIMIT: LimitReached = {
  kind: "limitReached",
  pattern: "rising",
  key: "k1",
  at: 7,
  limit: "maxRunsPerKey",
  max: 100,
  action: "quarantined",
  count: 101,
};

const FAILED: FunctionFailed = {
  kind: "functionFailed",
  pattern: "rising",
  key: "k1",
  at: 7,
  where: "filter",
  step: "high",
  message: "no field",
  stack: "",
  origin: { topic: "t", partition: 0, offset: 3n },
};

it("says which limit was passed, where, and what was done about it", () => {
  const said = (action: LimitReached["action"]): string => alarm({ ...LIMIT, action }).message;
  assert.instance(alarm(LIMIT), LimitError);
  assert.match(
    said("quarantined"),
    /^Pattern "rising" passed maxRunsPerKey = 100 for key "k1": 101 runs were dropped\. Bound it/,
  );
  assert.match(said("droppedOldest"), /: 101 runs were dropped, the oldest first\. /);
  assert.match(said("matchesNotBuilt"), /: 101 matches were not built\. /);
});

it("says which function failed, and at what step", () => {
  const failed = alarm(FAILED);
  assert.instance(failed, PatternError);
  assert.match(failed.message, /at "high"/);
  assert.match(failed.message, /FILTER_FAILED/);
  assert.match(failed.message, /The function given to filter threw "no field" at an event with the time 7\./);
  const select = alarm({ ...FAILED, where: "select", step: "" }).message;
  assert.match(select, /SELECT_FAILED/);
  assert.not.match(select, /at "/);
});

it.run();
