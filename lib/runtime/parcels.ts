// What is sent at once: as much as brokers take of one request with the settings that they come with.

/** Most of one parcel. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 900_000;

/** Cuts `all` into pieces that one request may carry, in order; what is larger alone goes alone. */
export function* inParcels<T>(all: readonly T[], bytesOf: (each: T) => number): Generator<readonly T[]> {
  let parcel: T[] = [];
  let bytes = 0;
  for (const each of all) {
    const more = bytesOf(each);
    if (parcel.length === MAX_RECORDS || (parcel.length > 0 && bytes + more > MAX_BYTES)) {
      yield parcel;
      parcel = [];
      bytes = 0;
    }
    parcel.push(each);
    bytes += more;
  }
  if (parcel.length > 0) yield parcel;
}
