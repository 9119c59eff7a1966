const MAX_EVIDENCE = 300;

/** Words of the message, cut to what a report can show. */
export function shown(text: string): string {
  return text.length > MAX_EVIDENCE ? `${text.slice(0, MAX_EVIDENCE)}...` : text;
}
