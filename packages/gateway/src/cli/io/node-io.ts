import { createReadStream } from 'node:fs';
import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ReadStream, WriteStream } from 'node:tty';
import { CliError, EXIT } from './cli-error.js';
import { OutputClosed, type FileKind, type Files, type Io, type Output } from './io.js';

/** The real world: process streams, files, clock. */
export function nodeIo(): Io {
  return {
    stdin: process.stdin,
    stdinIsTty: (process.stdin as Partial<ReadStream>).isTTY ?? false,
    stdout: streamOutput(process.stdout),
    stderr: streamOutput(process.stderr),
    env: process.env,
    files: nodeFiles,
    hostname: hostname(),
    now: () => new Date(),
  };
}

/** A stream as an output with backpressure; a closed pipe becomes `OutputClosed` on the next write. */
export function streamOutput(stream: NodeJS.WritableStream & Partial<WriteStream>): Output {
  let closed = false;
  let waiting: ((error?: Error) => void)[] = [];
  const release = (error?: Error): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one(error);
  };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    release(error.code === 'EPIPE' ? new OutputClosed() : error);
  });
  stream.on('drain', () => release());
  return {
    isTty: stream.isTTY ?? false,
    columns: stream.columns ?? 80,
    write(content) {
      if (closed) return Promise.reject(new OutputClosed());
      if (stream.write(content)) return;
      return new Promise((resolve, reject) => {
        waiting.push((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EMFILE: 'too many open files',
  ENOSPC: 'no space left',
  EROFS: 'the file system is read-only',
};

function failure(verb: string, path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  return new CliError(EXIT.unreadable, `${path}: cannot ${verb}: ${REASONS[code] ?? code}`);
}

async function naming<T>(verb: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw failure(verb, path, error);
  }
}

export const nodeFiles: Files = {
  kind: (path) =>
    naming('open', path, async (): Promise<FileKind> => {
      const stats = await stat(path);
      return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
    }),
  read: (path, maxBytes) => naming('read', path, () => readBounded(path, maxBytes)),
  async *stream(path) {
    try {
      for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
    } catch (error) {
      throw failure('read', path, error);
    }
  },
  list: (path) => naming('list', path, async () => (await readdir(path)).sort()),
  write: (path, text) => naming('write', path, () => writeFile(path, text)),
};

// Not stat().size: pipes and /proc files say 0.
async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      const part = chunk as Uint8Array;
      length += part.length;
      if (length > maxBytes)
        throw new CliError(EXIT.unreadable, `${path}: larger than ${maxBytes} bytes, which is the limit`);
      parts.push(part);
    }
    return Buffer.concat(parts, length);
  } finally {
    await file.close();
  }
}
