/** One place text goes to. */
export interface Output {
  /** Resolves when more may be written; rejects with `OutputClosed` once the reader has gone. */
  write(content: string | Uint8Array): Promise<void> | void;
  readonly isTty: boolean;
  readonly columns: number;
}

/** What a path names. */
export type FileKind = 'file' | 'directory' | 'other';

/** Files as the commands need them. Every method rejects with a `CliError` that names the path. */
export interface Files {
  kind(path: string): Promise<FileKind>;
  /** @throws CliError 65 also where the file is larger than `maxBytes` */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  stream(path: string): AsyncIterable<Uint8Array>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<readonly string[]>;
  write(path: string, text: string): Promise<void>;
}

/** The world a command runs in: tests pass their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdinIsTty: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly hostname: string;
  now(): Date;
}

/** The reader of our output has gone (EPIPE): the run ends quietly. */
export class OutputClosed extends Error {
  constructor() {
    super('the reader of the output has gone');
    this.name = 'OutputClosed';
  }
}
