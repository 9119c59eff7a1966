// @truefrom/core: the whole public surface.

export { formatAuthenticationResults } from './annotate/authentication-results.js';
export { forgedTrustFields, removeFields } from './annotate/forged-fields.js';
export { formatPrivateResults } from './annotate/private-results.js';
export { traceText } from './annotate/trace-text.js';
export { formatTruefromFields, headersFor } from './annotate/truefrom-fields.js';
export { formatReceivedSpf } from './annotate/received-spf.js';
export type * from './checks/context.js';
export type * from './checks/results.js';
export { checkDmarc, type DmarcInput } from './checks/dmarc/check-dmarc.js';
export { parseDmarcRecord } from './checks/dmarc/record.js';
export { checkSpf, checkSpfHelo, type SpfEnvelope } from './checks/spf/check-spf.js';
export { parseSpfRecord, type SpfRecord } from './checks/spf/record.js';
export type * from './crypto/provider.js';
export type { Action, Assurance, Decision, Reason, Rung, Severity, SmtpReply } from './decide/decision.js';
export { assess } from './decide/assurance.js';
export { decide } from './decide/decide.js';
export { DEFAULT_POLICY } from './decide/default-policy.js';
export { type Override, type Policy, POLICY_CHOICES, type PolicyChoices } from './decide/policy.js';
export { type PolicyProblem, readPolicy } from './decide/read-policy.js';
export { isReasonCode, type ReasonCode, type ReasonEntry, REASONS } from './decide/reason-codes.js';
export { SHARED_SENDERS, type SharedSender, sharedSender } from './decide/shared-senders.js';
export type * from './dns/public-suffix.js';
export type * from './dns/resolver.js';
export type { Verification, MessageFacts } from './verify/verification.js';
export { checkArc } from './verify/check-arc.js';
export { checkDkim } from './verify/check-dkim.js';
export { type EnvelopeVerification, verifyEnvelope, verifyMessage } from './verify/verify-message.js';
export type { MessageSource } from './message/source.js';
export { MemoryResolver } from './dns/memory-resolver.js';
export { readZone, type Zone, type ZoneProblem } from './dns/zone.js';
export {
  parseAuthenticationResults,
  type AuthenticationResults,
  type MethodResult,
  type ResultProperty,
} from './message/authentication-results.js';
export { matchesAuthservId, sameAuthservId } from './message/authserv-id.js';
export {
  readAuthenticationResults,
  type ReadResultsOptions,
  type ResultsEvidence,
} from './message/read-authentication-results.js';
export type { ResultsField } from './message/trusted-results.js';
export { readExchangeResults, type ExchangeResults } from './message/exchange-results.js';
export {
  fieldsNamed,
  readHeaderBlock,
  unfoldedValue,
  type HeaderBlock,
  type HeaderField,
} from './message/header-block.js';
export { formatHeaderField, type NewHeaderField } from './message/header-writer.js';
export { type Clause, formatClause, own, rfc } from './words/clause.js';
export { type Domain, isWithin, parseDomain, toUnicode } from './words/domain.js';
export { formatIp, type IpAddress, type IpBytes, ipToBytes, parseIp } from './words/ip.js';
export { DEFAULT_LIMITS, type Limits } from './words/limits.js';
export { formatMailbox, type Mailbox, type ReversePath } from './words/mailbox.js';
export type { Parsed } from './words/parsed.js';
export type { Problem, ProblemCode } from './words/problem.js';
export type { Status } from './words/status.js';
export { parseMailFrom } from './message/mail-from.js';
export type { AuthorReading, NamedMailbox } from './message/author.js';
export type { DkimSigner } from './sign/dkim-signer.js';
export { sealMessage, type ArcSealing, type SealOptions } from './sign/seal-message.js';
export { signMessage, type SignOptions } from './sign/sign-message.js';
export { DEFAULT_SIGNED_FIELDS, type SignedFieldsPolicy } from './sign/signed-fields.js';
export { explainDkim, type DkimExplanation, type DkimFinding } from './explain/explain-dkim.js';
export type { DkimCause } from './explain/cause.js';
export type { ExplainLimits } from './explain/work.js';
