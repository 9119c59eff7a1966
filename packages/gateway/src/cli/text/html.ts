import { visible } from './visible.js';

/** HTML that is safe to put into a page: made by `html` only. */
export class Html {
  readonly #text: string;

  /** @internal use `html` */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * The one writer of HTML: what stands in `${}` is text, made visible and escaped, unless it is `Html` already.
 * Safe in element content and in quoted attributes; never put `${}` anywhere else.
 */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  let out = parts[0] ?? '';
  values.forEach((value, i) => {
    out += `${rendered(value)}${parts[i + 1] ?? ''}`;
  });
  return new Html(out);
}

function rendered(value: string | number | Html | readonly Html[]): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(String).join('');
  return visible(String(value)).replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}
