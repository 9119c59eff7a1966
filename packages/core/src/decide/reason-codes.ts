/** Placeholder of the catalogue; each entry becomes a page in docs/reasons.md. */
export type ReasonCode = string;
