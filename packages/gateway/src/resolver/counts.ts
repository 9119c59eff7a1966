/** What a resolver did since it was made; see `ResolverStats` for what each number means. */
export class Counts {
  hits = 0;
  misses = 0;
  joined = 0;
  sentUdp = 0;
  sentTcp = 0;
  ignoredReplies = { source: 0, garbage: 0, id: 0, question: 0, case: 0 };
  malformedReplies = 0;
  failedTries = { timeout: 0, network: 0, servfail: 0, refused: 0, bogus: 0 };
}
