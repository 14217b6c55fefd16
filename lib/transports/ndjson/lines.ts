// Cuts a stream of bytes into lines, however the stream was cut into chunks. Memory is bounded: of a line that is
// longer than the limit only its beginning is kept.

/** One line without its line break. */
export type Line = {
  /** Counts from 1, blank lines included. */
  readonly number: number;
  /** The line; of one longer than the limit, its first `maxLineBytes` + 1 bytes. */
  readonly bytes: Uint8Array;
  /** How long the line is. */
  readonly lengthBytes: number;
};

export interface LineSplitter {
  /** The lines that end in `chunk`. They are views of it where they lie in one piece. */
  push(chunk: Uint8Array): readonly Line[];
  /** The last line, if it has no line break. */
  finish(): readonly Line[];
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/** Makes a splitter. A line ends with LF or CR LF; a byte order mark at the very beginning is left out. Costs one pass. */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let pieces: Uint8Array[] = []; // of the line under way, as much of it as is kept
  let keptBytes = 0;
  let lengthBytes = 0;
  let lastByte = 0;
  let number = 1;

  const keep = (piece: Uint8Array): void => {
    if (piece.length === 0) return;
    lengthBytes += piece.length;
    lastByte = piece[piece.length - 1] as number;
    const room = maxLineBytes + 1 + BYTE_ORDER_MARK.length - keptBytes;
    if (room <= 0) return;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    pieces.push(kept);
    keptBytes += kept.length;
  };
  const take = (): Line => {
    const whole = joined(pieces, keptBytes);
    const skip = number === 1 && startsWithMark(whole) ? BYTE_ORDER_MARK.length : 0;
    const length = lengthBytes - skip - (lastByte === CR ? 1 : 0);
    const line = {
      number,
      bytes: whole.subarray(skip, skip + Math.min(length, maxLineBytes + 1)),
      lengthBytes: length,
    };
    pieces = [];
    keptBytes = 0;
    lengthBytes = 0;
    lastByte = 0;
    number += 1;
    return line;
  };

  return {
    push: (chunk) => {
      const lines: Line[] = [];
      let from = 0;
      for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
        keep(chunk.subarray(from, to));
        lines.push(take());
        from = to + 1;
      }
      keep(chunk.subarray(from));
      return lines;
    },
    finish: () => (lengthBytes > 0 ? [take()] : []),
  };
}

/** Whether a line holds nothing but spaces and tabs. */
export function isBlank(line: Line): boolean {
  return (
    line.bytes.length === line.lengthBytes && line.bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === CR)
  );
}

function joined(pieces: readonly Uint8Array[], lengthBytes: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const whole = new Uint8Array(lengthBytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function startsWithMark(bytes: Uint8Array): boolean {
  return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte);
}
