import { main } from '../main.js';

process.exitCode = await main(process.argv.slice(2));
// A silent pipe on standard input must not keep a finished program alive.
process.stdin.destroy();
