import { nodeIo } from './cli/io/node-io.js';
import { run } from './cli/run.js';

/** The command line over the real world. */
export function main(argv: readonly string[]): Promise<number> {
  return run(argv, nodeIo());
}
