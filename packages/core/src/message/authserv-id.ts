import { isWithin, parseDomain } from '../words/domain.js';

/**
 * The same authserv-id (RFC 8601 2.5)? It is meant to be a domain name, so names are compared as DNS does: without
 * regard to case, final dot, or U-labels and A-labels. What is no domain name is compared without regard to ASCII case.
 */
export function sameAuthservId(a: string, b: string): boolean {
  return normalizeAuthservId(a) === normalizeAuthservId(b);
}

/** The form in which ids are compared. */
export function normalizeAuthservId(id: string): string {
  const domain = parseDomain(id.trim());
  return domain.ok ? domain.value : id.trim().replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/**
 * Does the id match one of the caller's? An entry is an exact id, or `*.mx.example.net` for every name below
 * mx.example.net, but not that name itself. A pattern matches only what is a domain name.
 */
export function matchesAuthservId(id: string, trusted: readonly string[]): boolean {
  const name = normalizeAuthservId(id);
  return trusted.some((entry) => {
    if (!entry.startsWith('*.')) return entry !== '' && normalizeAuthservId(entry) === name;
    const parent = parseDomain(entry.slice(2));
    return parent.ok && parseDomain(id).ok && name !== parent.value && isWithin(name, parent.value);
  });
}
