/** Where a rule comes from, e.g. `{ document: 'RFC 6376', section: '3.5' }`. */
export interface Clause {
  readonly document: string;
  readonly section: string;
}

/** A clause of an RFC: `rfc('6376', '3.5')`. Make it a constant of the module that cites it. */
export function rfc(number: string, section: string): Clause {
  return { document: `RFC ${number}`, section };
}

/** A rule of our own, explained in `docs/`: `own('origin')`. */
export function own(page: string): Clause {
  return { document: 'truefrom', section: page };
}

/** `RFC 6376 3.5`, as people write it. */
export function formatClause(clause: Clause): string {
  return `${clause.document} ${clause.section}`;
}
