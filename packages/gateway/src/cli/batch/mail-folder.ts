import type { Files } from '../io/io.js';

const MAX_DEPTH = 20;

/**
 * The message files of a folder, in order: those in `cur` and `new` where it is a Maildir (files of `tmp` are not
 * finished), else every `.eml` file in it and below.
 */
export async function* listMail(files: Files, path: string): AsyncGenerator<string, void, undefined> {
  const names = await files.list(path);
  if (names.includes('cur') && (names.includes('new') || names.includes('tmp'))) {
    for (const part of ['cur', 'new']) {
      if (!names.includes(part)) continue;
      for (const name of await files.list(`${path}/${part}`))
        if (!name.startsWith('.')) yield `${path}/${part}/${name}`;
    }
    return;
  }
  yield* walk(files, path, names, 0);
}

async function* walk(
  files: Files,
  path: string,
  names: readonly string[],
  depth: number,
): AsyncGenerator<string, void, undefined> {
  for (const name of names) {
    const child = `${path.replace(/\/+$/, '')}/${name}`;
    if (/\.eml$/i.test(name)) yield child;
    else if (!name.startsWith('.') && depth < MAX_DEPTH && (await files.kind(child)) === 'directory')
      yield* walk(files, child, await files.list(child), depth + 1);
  }
}
