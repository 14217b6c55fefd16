// A binary heap in an array: what comes first is at index 0, and no entry comes before the one at half its index.

/** Whether `a` comes before `b`; a strict total order. */
export type ComesBefore<T> = (a: T, b: T) => boolean;

/** Adds `entry`. Cost: O(log n), a single comparison if it comes after most. */
export function pushHeap<T>(heap: T[], entry: T, comesBefore: ComesBefore<T>): void {
  let hole = heap.length;
  while (hole > 0) {
    const above = (hole - 1) >> 1;
    const parent = heap[above] as T;
    if (!comesBefore(entry, parent)) break;
    heap[hole] = parent;
    hole = above;
  }
  heap[hole] = entry;
}

/** Takes out the first entry; `undefined` if there is none. Cost: O(log n). */
export function popHeap<T>(heap: T[], comesBefore: ComesBefore<T>): T | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let hole = 0;
  for (let left = 1; left < heap.length; left = 2 * hole + 1) {
    const right = left + 1;
    const below = right < heap.length && comesBefore(heap[right] as T, heap[left] as T) ? right : left;
    if (!comesBefore(heap[below] as T, last)) break;
    heap[hole] = heap[below] as T;
    hole = below;
  }
  heap[hole] = last;
  return first;
}
