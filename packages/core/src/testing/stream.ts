// Messages as streams, cut where a test wants them cut.

/** What became of a stream. */
export interface StreamLog {
  pulled: number;
  bytes: number;
  closed: boolean;
}

/** The pieces one by one, as sockets hand them out: later, and each in a buffer of its own. */
export function streamOf(
  pieces: Iterable<Uint8Array>,
  log: StreamLog = { pulled: 0, bytes: 0, closed: false },
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      const iterator = pieces[Symbol.iterator]();
      return {
        next: () => {
          const step = iterator.next();
          if (step.done !== true) {
            log.pulled++;
            log.bytes += step.value.length;
          }
          return Promise.resolve(step);
        },
        return: () => {
          log.closed = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

/** Pieces of `size` bytes. */
export function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** Cut at the given offsets, in any order; repeated offsets give empty pieces. */
export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const at of [...offsets].sort((a, b) => a - b)) {
    pieces.push(bytes.slice(from, Math.min(at, bytes.length)));
    from = Math.min(at, bytes.length);
  }
  pieces.push(bytes.slice(from));
  return pieces;
}

/** A stream that never hands out anything, until it is told to stop. */
export function endlessWait(log: StreamLog): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => undefined),
      return: () => {
        log.closed = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}
