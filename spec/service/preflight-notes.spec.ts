// What a check says of a cluster that answers in part only: what could not be asked for is said to be so.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clusterText } from "../../lib/cli/check-text.ts";
import { ConfigError, type SequiturError, TransportError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { service, topic } from "../../lib/service/index.ts";
import { judge, type PreflightReport } from "../../lib/service/preflight.ts";
import type { ClusterPicture } from "../../lib/transports/kafka/preflight.ts";
import type { Answer } from "../../lib/transports/kafka/preflight-asking.ts";
import { definitionOf } from "../transports/kafka/kit.ts";

type Beat = { host: string; at: number };

const it = suite("what a check notes");

const AWAY = new TransportError("BROKERS_UNREACHABLE", "Nothing listens there.", { retriable: true });
const HIDDEN = new ConfigError("NOT_AUTHORIZED", "It may not be seen.");
const refused = (error: SequiturError): Answer<never> => ({ kind: "refused", error });
const known = <T>(value: T): Answer<T> => ({ kind: "known", value });

const BEAT = { partitions: 2, copies: 3, lagging: 0, settings: known(null) };
const SAMPLE = [0, 1].map((partition) => ({ partition, start: 0n, end: 9n, records: [] }));
const POSITIONS = new Map([["beats", new Map([0, 1].map((partition) => [partition, 4n] as const))]]);

/** All is well, and nothing was ever run. */
const NEW: ClusterPicture = {
  brokers: 3,
  inputs: [{ topic: "beats", described: known(BEAT), sample: known(SAMPLE) }],
  outputs: [],
  group: known({ name: "beat", members: 0, protocol: "", positions: new Map([["beats", new Map([[0, null]])]]) }),
  state: { topic: "beat-state", shards: 2, described: known(null), refused: [], elsewhere: [], silent: new Map() },
};
const RAN: ClusterPicture = {
  ...NEW,
  group: known({ name: "beat", members: 2, protocol: "", positions: POSITIONS }),
};

function reportOf(picture: ClusterPicture): PreflightReport {
  const beat = service({
    app: "beat",
    inputs: [topic<Beat>("beats", { key: (e) => e.host, time: (e) => e.at })],
    patterns: [pattern<Beat>("pair").begin("one").next("two").within("1m")],
  });
  const judged = judge(beat, definitionOf("beat", "127.0.0.1:1"), picture, 0);
  return { brokers: "127.0.0.1:1", connection: "127.0.0.1:1 without TLS", ...judged };
}

function said(picture: ClusterPicture): string {
  return clusterText(reportOf(picture)).join("\n");
}

it("that a group has no positions only where they and the state could be asked for", () => {
  assert.match(said(NEW), /note +group "beat" has no positions/);
  const unread = { ...NEW, inputs: [{ topic: "beats", described: refused(AWAY), sample: null }] };
  assert.not.match(said(unread), "no positions");
  assert.match(said(unread), "its positions could not be asked for");
  assert.not.match(said({ ...NEW, state: { ...NEW.state, described: refused(AWAY) } as never }), /has no positions/);
  const missing = new ConfigError("MISSING_TOPIC", "It does not exist.");
  assert.match(said({ ...NEW, state: { ...NEW.state, described: refused(missing) } as never }), /has no positions/);
});

it("where it begins without saved state, if the group has positions", () => {
  const note = 'there is no saved state: it would begin where group "beat" stands, with no open runs';
  assert.ok(reportOf(RAN).notes.includes(note));
  const described = known({ ...BEAT, settings: new Map() });
  const saved = { ...RAN, state: { ...RAN.state, described } as never };
  assert.not.ok(reportOf(saved).notes.includes(note));
  assert.not.ok(reportOf({ ...RAN, state: { ...RAN.state, described: refused(AWAY) } as never }).notes.includes(note));
});

it("positions also of a topic that could not be read", () => {
  assert.equal(reportOf(RAN).group, { name: "beat", members: 2, positions: 2, behind: 10 });
  const unread = { ...RAN, inputs: [{ topic: "beats", described: known(BEAT), sample: refused(AWAY) }] };
  assert.equal(reportOf(unread).group, { name: "beat", members: 2, positions: 2, behind: null });
  assert.match(said(unread), "positions in 2 partitions; how far behind could not be asked for");
  assert.not.match(said(unread), "no positions");
});

it("settings that could not be asked for apart from those that may not be seen", () => {
  const outputs = [AWAY, HIDDEN].map((error, n) => ({
    topic: `out-${n}`,
    described: known({ ...BEAT, settings: refused(error) }),
    writable: null,
  }));
  const { notes } = reportOf({ ...RAN, outputs });
  assert.ok(notes.includes('the settings of "out-1" may not be seen by this client, so they were not checked'));
  const unasked = 'the settings of "out-0" could not be asked for, so they were not checked: Nothing listens there.';
  assert.ok(notes.includes(unasked));
});

it("copies that are not in sync, and how many brokers there are to be seen", () => {
  const inputs = [{ topic: "beats", described: known({ ...BEAT, lagging: 1 }), sample: known(SAMPLE) }];
  const { notes, problems } = reportOf({ ...RAN, brokers: 2, inputs });
  const said =
    '2 brokers of the cluster can be seen, and fewer copies are in sync than there are of "beats" (1 of 2 partitions)';
  assert.equal([problems, notes.filter((note) => !reportOf(RAN).notes.includes(note))], [[], [said]]);
});

it.run();
