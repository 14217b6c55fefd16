// Every state and event of both lifecycles: what is not in the table changes nothing.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  nextServiceState,
  nextTaskState,
  type ServiceEvent,
  type TaskEvent,
  type TaskState,
} from "../../lib/runtime/lifecycle.ts";
import type { ServiceState } from "../../lib/runtime/metrics.ts";

const it = suite("lifecycle");

const TASK: Readonly<Record<TaskState, Partial<Record<TaskEvent["type"], TaskState>>>> = {
  created: { assigned: "restoring", revoked: "closed", crashed: "failed" },
  restoring: { restored: "running", revoked: "closed", crashed: "failed" },
  running: { revoked: "draining", crashed: "failed" },
  draining: { drained: "closed", crashed: "failed" },
  closed: {},
  failed: {},
};

const SERVICE: Readonly<Record<ServiceState, Partial<Record<ServiceEvent["type"], ServiceState>>>> = {
  starting: { opened: "running", stop: "stopping", crashed: "failed" },
  running: { faltered: "degraded", stop: "stopping", emptied: "stopped", crashed: "failed" },
  degraded: { recovered: "running", stop: "stopping", emptied: "stopped", crashed: "failed" },
  stopping: { emptied: "stopped", crashed: "failed" },
  stopped: {},
  failed: {},
};

it("a task goes where the table says", () => {
  for (const from of Object.keys(TASK) as TaskState[]) {
    for (const type of ["assigned", "restored", "revoked", "drained", "crashed"] as const) {
      assert.is(nextTaskState(from, { type }), TASK[from][type] ?? from, `${from} ${type}`);
    }
  }
});

it("a service goes where the table says", () => {
  for (const from of Object.keys(SERVICE) as ServiceState[]) {
    for (const type of ["opened", "faltered", "recovered", "stop", "emptied", "crashed"] as const) {
      assert.is(nextServiceState(from, { type }), SERVICE[from][type] ?? from, `${from} ${type}`);
    }
  }
});

it.run();
