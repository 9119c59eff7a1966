// A world for tests of the command line: files in memory, output in strings, a fixed clock.
import { CliError, EXIT } from '../io/cli-error.js';
import { nodeFiles } from '../io/node-io.js';
import type { FileKind, Files, Io, Output } from '../io/io.js';

export interface TestIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  readonly written: ReadonlyMap<string, string>;
}

export interface TestIoOptions {
  readonly stdin?: string | AsyncIterable<Uint8Array>;
  readonly stdinIsTty?: boolean;
  /** Path to content; a path below another makes that one a directory. Paths not given are read from disk if absolute. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly tty?: boolean;
  readonly columns?: number;
}

export function testIo(options: TestIoOptions = {}): TestIo {
  const out: string[] = [];
  const err: string[] = [];
  const written = new Map<string, string>();
  const output = (into: string[]): Output => ({
    write: (content) =>
      void into.push(typeof content === 'string' ? content : Buffer.from(content).toString('latin1')),
    isTty: options.tty === true,
    columns: options.columns ?? 80,
  });
  return {
    stdin: typeof options.stdin === 'object' ? options.stdin : pieces(options.stdin ?? ''),
    stdinIsTty: options.stdinIsTty ?? false,
    stdout: output(out),
    stderr: output(err),
    env: options.env ?? {},
    files: memoryFiles(options.files ?? {}, written),
    hostname: 'mx.test',
    now: () => new Date('2026-01-15T12:00:00Z'),
    out: () => out.join(''),
    err: () => err.join(''),
    written,
  };
}

export async function* pieces(
  ...texts: readonly (string | Uint8Array)[]
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
}

function memoryFiles(
  given: Readonly<Record<string, string | Uint8Array>>,
  written: Map<string, string>,
): Files {
  const content = (path: string): Uint8Array | undefined => {
    const found = given[path];
    return found === undefined ? undefined : Buffer.from(found);
  };
  const below = (path: string): string[] =>
    Object.keys(given)
      .filter((name) => name.startsWith(`${path}/`))
      .map((name) => name.slice(path.length + 1).split('/')[0] ?? '');
  const missing = (path: string): CliError =>
    new CliError(EXIT.unreadable, `${path}: cannot open: no such file or directory`);
  return {
    async kind(path): Promise<FileKind> {
      if (content(path) !== undefined) return 'file';
      if (below(path).length > 0) return 'directory';
      if (path.startsWith('/')) return nodeFiles.kind(path);
      throw missing(path);
    },
    async read(path, maxBytes) {
      const bytes = content(path);
      if (bytes !== undefined) return bytes;
      if (path.startsWith('/')) return nodeFiles.read(path, maxBytes);
      throw missing(path);
    },
    async *stream(path) {
      const bytes = content(path);
      if (bytes !== undefined) yield bytes;
      else if (path.startsWith('/')) yield* nodeFiles.stream(path);
      else throw missing(path);
    },
    list: async (path) => [...new Set(below(path))].sort(),
    write: async (path, text) => void written.set(path, text),
  };
}
