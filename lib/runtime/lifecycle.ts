// Where a task and a service stand, and what can follow. XState draws the lines and stays private: a machine is data
// here, and nothing is started, timed or invoked by it.

import { setup, transition } from "xstate";
import type { ServiceState } from "./metrics.ts";

/** Where the task that owns a share of the input stands. */
export type TaskState = "created" | "restoring" | "running" | "draining" | "closed" | "failed";

/** What can happen to it. */
export type TaskEvent = { readonly type: "assigned" | "restored" | "revoked" | "drained" | "crashed" };

/**
 * The state that follows `from` when `event` happens; `from` itself where the event does not apply.
 *
 *     created ──assigned──▶ restoring ──restored──▶ running ──revoked──▶ draining ──drained──▶ closed
 *        │                      │
 *        └──────revoked─────────┴──revoked──▶ closed        any but closed ──crashed──▶ failed
 *
 * Pure: it starts no work and sets no timer. Who asks then acts, so every path can be tested without waiting.
 */
export function nextTaskState(from: TaskState, event: TaskEvent): TaskState {
  return transition(task, task.resolveState({ value: from }), event)[0].value;
}

/** What can happen to a service. */
export type ServiceEvent = { readonly type: "opened" | "faltered" | "recovered" | "stop" | "emptied" | "crashed" };

/**
 * The state that follows `from` when `event` happens; `from` itself where the event does not apply. Pure, as above.
 *
 *     starting ──opened──▶ running ──faltered──▶ degraded       what was sent must be sent again
 *                            ▲                     │
 *                            └──────recovered──────┘
 *
 *     starting, running, degraded ──stop──▶ stopping ──emptied──▶ stopped
 *     running, degraded ──emptied──▶ stopped                     all input has ended
 *     any but stopped ──crashed──▶ failed
 */
export function nextServiceState(from: ServiceState, event: ServiceEvent): ServiceState {
  return transition(service, service.resolveState({ value: from }), event)[0].value;
}

const task = setup({ types: { events: {} as TaskEvent } }).createMachine({
  initial: "created",
  states: {
    created: { on: { assigned: "restoring", revoked: "closed", crashed: "failed" } },
    restoring: { on: { restored: "running", revoked: "closed", crashed: "failed" } },
    running: { on: { revoked: "draining", crashed: "failed" } },
    draining: { on: { drained: "closed", crashed: "failed" } },
    closed: {},
    failed: {},
  },
});

const service = setup({ types: { events: {} as ServiceEvent } }).createMachine({
  initial: "starting",
  states: {
    starting: { on: { opened: "running", stop: "stopping", crashed: "failed" } },
    running: { on: { faltered: "degraded", stop: "stopping", emptied: "stopped", crashed: "failed" } },
    degraded: { on: { recovered: "running", stop: "stopping", emptied: "stopped", crashed: "failed" } },
    stopping: { on: { emptied: "stopped", crashed: "failed" } },
    stopped: {},
    failed: {},
  },
});
