/** How much may be under way at once. Whatever the bounds, one item always is. */
export interface InFlightBounds {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Works on several items at once and hands the results on in the order of the items. Reads no further ahead than the
 * bounds allow, and no faster than the results are taken: memory does not grow with the input. A result that is ready
 * is handed on even while the next item is still awaited, so a program may write one line and wait for its answer.
 * @param size bytes an item keeps in memory while it is under way
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  bounds: InFlightBounds,
  size: (item: T) => number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const source = items[Symbol.asyncIterator]();
  const queue: { readonly result: Promise<R>; readonly bytes: number }[] = [];
  let bytes = 0;
  let next: Promise<IteratorResult<T>> | undefined;
  let held: { readonly item: T } | undefined;
  let done = false;

  const hasRoom = (more: number): boolean =>
    queue.length === 0 || (queue.length < bounds.items && bytes + more <= bounds.bytes);
  const start = (item: T): void => {
    const result = work(item);
    // A rejection is seen when its turn comes; until then it must not count as unhandled.
    result.catch(() => undefined);
    queue.push({ result, bytes: size(item) });
    bytes += size(item);
  };

  try {
    while (!done || held !== undefined || queue.length > 0) {
      if (held !== undefined && hasRoom(size(held.item))) {
        start(held.item);
        held = undefined;
      }
      if (held === undefined && !done) {
        next ??= source.next();
        const read = await (queue[0] === undefined ? next : Promise.race([next, settled(queue[0].result)]));
        if (read !== SETTLED) {
          next = undefined;
          if (read.done === true) done = true;
          else held = { item: read.value };
          continue;
        }
      }
      const first = queue.shift();
      if (first === undefined) continue;
      const result = await first.result;
      bytes -= first.bytes;
      yield result;
    }
  } finally {
    // While a read is under way, return() would wait for it: for ever, on a silent pipe.
    if (next === undefined) await source.return?.();
  }
}

const SETTLED = Symbol('settled');

async function settled(result: Promise<unknown>): Promise<typeof SETTLED> {
  await result.catch(() => undefined);
  return SETTLED;
}
