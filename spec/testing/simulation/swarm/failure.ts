// What kind of failure a world shows, in words for people and tables.

/** From the first line that a world says and what its processes died of. */
export function kindOf({ message }: Error): string {
  const [first = ""] = message.split("\n");
  const died = /^i\d+.*? (?:\w*Error:)/m.test(message);
  if (first.startsWith("missing: ")) return "alerts are missing";
  if (first.startsWith("too much: ")) return "alerts are there twice";
  if (first.startsWith("another order")) return "alerts are in another order";
  if (first.startsWith("not everything")) return died ? "processes fail" : "not everything is committed";
  if (first.startsWith("checkpoints of ")) return "checkpoints are not in order";
  if (first.startsWith("positions of ")) return "positions go back";
  if (first.startsWith("lane ")) return "saved counts are wrong";
  if (first.includes("runs of ")) return "runs are open that should not be";
  if (first.startsWith("open transactions")) return "a transaction stays open";
  if (/^i\d+ was not/.test(first)) return "what does not fit is not refused";
  if (/^i\d+: /.test(first)) return "a process fails";
  return /checkpoint|state/.test(first) ? "the state cannot be read" : "the world breaks down";
}
