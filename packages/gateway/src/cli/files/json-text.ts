import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { CliError, EXIT, type ExitCode } from '../io/cli-error.js';
import { suggestion } from '../text/did-you-mean.js';

/** A JSON (or YAML) file with the memory of where each value stands, so that a complaint can name line and column. */
export interface JsonText {
  readonly value: unknown;
  /** `zone.json:12:5` of the key or list item a path leads to; the file alone for the whole. */
  where(path: readonly (string | number)[]): string;
}

// Above this the quick parser goes first: it is 50 times as fast, but forgets positions and keys that stand twice.
const SLOW_PARSE_MAX_CHARACTERS = 65_536;

/**
 * Reads a JSON file; YAML, being a superset, is read too. A key that stands twice is an error.
 * @throws CliError with `exitCode` where it cannot be read
 */
export function readJsonText(text: string, file: string, exitCode: ExitCode = EXIT.config): JsonText {
  if (text.length > SLOW_PARSE_MAX_CHARACTERS) {
    try {
      const value: unknown = JSON.parse(text);
      return { value, where: (path) => positioned(text, file, exitCode).where(path) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return positioned(text, file, exitCode);
}

function positioned(text: string, file: string, exitCode: ExitCode): JsonText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false });
  const error = document.errors[0];
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (error !== undefined)
    throw new CliError(exitCode, `${at(error.pos[0])}: not JSON: ${oneLine(error.message)}`);
  return {
    value: document.toJS({ maxAliasCount: 100 }) as unknown,
    where(path) {
      const offset = offsetOf(document, path);
      return offset === undefined ? file : at(offset);
    },
  };
}

function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      offset = isScalar(pair.key) ? pair.key.range?.[0] : offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = (node as { range?: readonly number[] } | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}

/**
 * The first key of an object that nobody knows, as one line: `unknown key "clientIP"; did you mean "clientIp"?`.
 * Undefined where all are known.
 */
export function unknownKey(
  value: object,
  known: readonly string[],
): { key: string; message: string } | undefined {
  const key = Object.keys(value).find((k) => !known.includes(k));
  if (key === undefined) return undefined;
  const near = suggestion(key, known);
  return { key, message: `unknown key "${key}"${near === '' ? `; known: ${known.join(', ')}` : near}` };
}
