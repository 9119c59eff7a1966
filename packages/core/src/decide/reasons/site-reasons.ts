import { own, rfc } from '../../words/clause.js';
import type { ReasonEntry } from './entry.js';

export type SiteReason =
  | 'authenticated-session'
  | 'login-differs-from-author'
  | 'own-domain-unauthenticated'
  | 'own-domain-indirect'
  | 'own-domain-vouched'
  | 'own-domain-envelope'
  | 'own-domain-exempt'
  | 'mail-from-differs'
  | 'mail-from-differs-explained'
  | 'nobody-vouches'
  | 'server-shared'
  | 'aligned-without-dmarc';

/** The rules of our own: login, own domain, MAIL FROM against From, and the assurance ladder. */
export const SITE_REASONS: Readonly<Record<SiteReason, ReasonEntry>> = {
  'authenticated-session': {
    title: 'Sent after login',
    text: 'The session was authenticated by this server; the checks for mail from outside only inform.',
    clause: rfc('6409', '3.3'),
    severity: 'info',
    why: "A user's own computer is in no SPF record, and its mail is not signed yet: judged as mail from outside, every message would fail.",
    fix: 'Nothing. Which addresses a login may write as is decided by submission authorization, not here.',
  },
  'login-differs-from-author': {
    title: 'Login is not the author',
    text: 'The login is neither the address in From nor, where it has no domain, the local part of an own address in From.',
    clause: rfc('6409', '6.1'),
    severity: 'low',
    why: 'Usual for aliases and shared mailboxes; without a check of grants it is also how one user writes as another.',
    fix: 'Operator: check senders at submission. Set `loginDiffers` where nothing else checks it.',
    warning: 'This message was sent by another login than that of its author.',
  },
  'own-domain-unauthenticated': {
    title: 'Own domain without login',
    text: 'From names one of your own domains, but nobody logged in, and neither SPF nor DKIM vouches for it.',
    clause: own('origin'),
    severity: 'high',
    why: 'Your own users log in. A stranger in the name of a colleague is the most dangerous forgery, and the one that can be told apart best.',
    fix: 'Operator: printers, applications and services that write as you: list them as connectors, or have them log in or sign with DKIM.',
    warning:
      'This message claims to come from your own organization, but nobody there sent it after logging in.',
  },
  'own-domain-indirect': {
    title: 'Own domain, perhaps through a list',
    text: 'From names one of your own domains, nobody logged in, and the message bears the marks of a list or forwarder.',
    clause: own('origin'),
    severity: 'high',
    why: 'The message of a colleague comes back from a mailing list in just this way. The marks can be forged, so it is not accepted for them.',
    fix: 'Operator: have the list rewrite From, or list it as trusted sealer or connector.',
    warning:
      'This message claims to come from your own organization, by way of a list or forwarder that nobody has confirmed.',
  },
  'own-domain-vouched': {
    title: 'Own domain, vouched for without login',
    text: 'From names one of your own domains, nobody logged in, but SPF or DKIM of your domain passes.',
    clause: own('origin'),
    severity: 'low',
    why: 'A DKIM key of your domain is enough. An SPF pass may come from a provider that you share with strangers, so it leads to a warning; with a DMARC pass only where the provider is known to be shared.',
    fix: 'Operator: if the sending service is yours, have it sign with a DKIM key of your domain, or list its network as connector; if not, take it out of your SPF record.',
    warning:
      'This message claims to come from your own organization; only the sending server speaks for that.',
  },
  'own-domain-envelope': {
    title: 'Own domain in MAIL FROM or Sender',
    text: 'MAIL FROM or Sender names one of your own domains, but nobody logged in.',
    clause: own('origin'),
    severity: 'medium',
    why: 'The From that people see is not yours, so less is at stake; bounces of it would come to you all the same.',
    fix: 'Operator: if the server sends for you, put it into the SPF record of your domain or list its network as connector; an SPF record that lets everyone pass ("+all") permits nobody here.',
    warning:
      'This message names your organization as its sender or return address without permission; its author is somebody else.',
  },
  'own-domain-exempt': {
    title: 'Own domain, exempt',
    text: 'An own domain is named without login, but an exemption holds.',
    clause: own('origin'),
    severity: 'info',
    why: 'A DMARC pass, a listed connector or a trusted sealer speaks for the message; for MAIL FROM alone, SPF of the domain is enough.',
    fix: 'Nothing.',
  },
  'mail-from-differs': {
    title: 'MAIL FROM is not From',
    text: 'The envelope sender (MAIL FROM, the return address) is of another organization than the From a reader sees, and nothing excuses it.',
    clause: own('mismatch'),
    severity: 'medium',
    why: 'SPF checks the envelope only: with an honest MAIL FROM of his own, anybody passes SPF while From shows somebody else.',
    fix: 'Sender: sign with DKIM as the domain of From, or use a MAIL FROM within it. Receiver: if you want this mail, add an override for `mail-from-differs` with `signedBy` or `spfPassFor`.',
    warning: 'The domain that sent this message is not the domain of the author you see.',
  },
  'mail-from-differs-explained': {
    title: 'MAIL FROM is not From, for a known cause',
    text: 'The envelope names another organization than From, as lists, forwarders and mailing services do.',
    clause: own('mismatch'),
    severity: 'info',
    why: 'A signature or login vouches for From, or the envelope has a known shape and its own domain is authenticated.',
    fix: 'Nothing.',
  },
  'nobody-vouches': {
    title: 'Nobody vouches for From',
    text: 'Neither SPF nor DKIM passes for the author domain: the message could be from anyone.',
    clause: own('policy'),
    severity: 'low',
    why: 'Much honest mail of small domains is like this, so the default delivers it; it proves nothing about its author.',
    fix: 'Owner of the domain in From: publish an SPF record with your servers, sign with DKIM, publish a DMARC record. Receiver: nothing for this alone, unless you set `nobodyVouches`.',
    warning: 'Nothing confirms that this message comes from the author it names.',
  },
  'server-shared': {
    title: 'Vouched for by a shared server only',
    text: 'Only SPF vouches for From, through a server that strangers use as well.',
    clause: rfc('9989', '11.1'),
    severity: 'low',
    why: 'SPF ties a domain to servers, not to people. Whether one customer of a provider can write as another is known to the provider alone.',
    fix: 'Domain owner: sign with DKIM at that provider; then write its SPF mechanism with "?", so that SPF alone no longer passes.',
    warning: 'Only a mail service used by many organizations speaks for the author of this message.',
  },
  'aligned-without-dmarc': {
    title: 'Vouched for, without a DMARC record',
    text: 'SPF or DKIM passes for the author domain, which publishes no DMARC record.',
    clause: rfc('9989', '5.3.2'),
    severity: 'info',
    why: 'With a record the message would pass DMARC. Without one the domain gives no advice about messages that fail.',
    fix: 'Domain owner: publish a DMARC record, with p=none and a report address to begin with.',
  },
};
