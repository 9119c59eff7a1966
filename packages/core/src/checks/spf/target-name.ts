const MAX_NAME = 253;
const MAX_LABEL = 63;

/**
 * The name to ask DNS for, lower case, without final dot; undefined where no question can be made of the text.
 *
 * RFC 7208 4.8 leaves a malformed target undefined; like a malformed domain (4.3) it is read as a name that
 * does not exist. It may hold any visible character and blanks (7.1), so it is no `Domain`: quote it on the way out.
 */
export function targetName(text: string): string | undefined {
  const name = truncateLeft(text.endsWith('.') ? text.slice(0, -1) : text);
  if (name === undefined || name === '') return undefined;
  let labelStart = 0;
  for (let i = 0; i <= name.length; i++) {
    const c = i === name.length ? 0x2e : name.charCodeAt(i);
    if (c === 0x2e) {
      if (i === labelStart || i - labelStart > MAX_LABEL) return undefined;
      labelStart = i + 1;
    } else if (c < 0x20 || c > 0x7e) return undefined;
  }
  return name.toLowerCase();
}

// RFC 7208 7.3: labels go from the left until what is left has at most 253 characters.
function truncateLeft(name: string): string | undefined {
  if (name.length <= MAX_NAME) return name;
  const dot = name.indexOf('.', name.length - MAX_NAME - 1);
  return dot < 0 ? undefined : name.slice(dot + 1);
}

/** RFC 7208 4.3: check_host() asks only about names of more than one label. */
export function isMultiLabel(name: string): boolean {
  return name.includes('.');
}
