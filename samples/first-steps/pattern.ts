import { pattern } from "sequitur";

export type DoorEvent = { type: "opened" | "closed"; door: string; at: string };

// biome-ignore format: one line is one step
export const leftOpen = pattern<DoorEvent>("left-open")
  .begin("opening").on("opened")
  .notFollowedBy("closing").on("closed")
  .within("5m")
  .select((m) => ({ door: m.opening.door, since: m.opening.at }));
