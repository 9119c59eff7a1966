const LF = 0x0a;
const CR = 0x0d;

/**
 * Was the message saved with Unix line ends? Then the engine reads each LF as CRLF (docs/message-reading.md), and
 * people should know: what they see is not byte for byte what was received.
 */
export function hasUnixLineEnds(message: Uint8Array): boolean {
  const lf = message.indexOf(LF);
  return lf >= 0 && message[lf - 1] !== CR;
}
