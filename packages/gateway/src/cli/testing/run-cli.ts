import { run } from '../run.js';
import { testIo, type TestIo, type TestIoOptions } from './test-io.js';

/** Runs a command line in a test world. */
export async function runCli(
  argv: readonly string[],
  options: TestIoOptions = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string; readonly io: TestIo }> {
  const io = testIo(options);
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err(), io };
}
