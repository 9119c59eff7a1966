/** Closes a switch over a union: a new member no longer compiles, and can never fall through to "accept". */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
