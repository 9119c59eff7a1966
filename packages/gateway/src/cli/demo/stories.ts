/** One story of the demo: who sends what, over which session. What comes of it is computed, not told here. */
export interface Story {
  /** Message file in examples/, without `.eml`. */
  readonly file: string;
  readonly title: string;
  /** The title in at most 20 characters, for the table. */
  readonly short: string;
  /** Is the mail not from whom its From names? Known here because we wrote it; the engine is not told. */
  readonly forged: boolean;
  /** The situation, for somebody who has never heard of SPF. */
  readonly situation: string;
  /** What to take from it. */
  readonly lesson: string;
  readonly clientIp: string;
  readonly helo: string;
  readonly mailFrom: string;
  readonly auth?: string;
}

/** The company that receives all of this mail. */
export const DEMO_SITE = { ownDomain: 'harbor.example', mta: 'mx.harbor.example' } as const;

/** 2026-01-15T12:00:00Z: the examples are dated shortly before. */
export const DEMO_TIME_SECONDS = 1_768_478_400;

const ATTACKER = { clientIp: '203.0.113.66', helo: 'mx.cheap-offers.example' } as const;
const LETTERS = { clientIp: '198.51.100.130', helo: 'mx.letters.example' } as const;
const CLOUD = { clientIp: '192.0.2.177', helo: 'out7.cloudmail.example' } as const;

export const STORIES: readonly Story[] = [
  {
    file: '01-legitimate',
    title: 'A legitimate invoice',
    short: 'Legitimate invoice',
    forged: false,
    situation:
      'Northwind, a supplier, sends an invoice from its own server. It lists that server in DNS (SPF), signs its mail (DKIM) and asks receivers to refuse the rest (DMARC).',
    lesson: 'A signature by the domain’s own key is the best a domain can say about its mail.',
    clientIp: '192.0.2.10',
    helo: 'mail.northwind.example',
    mailFrom: 'billing@northwind.example',
  },
  {
    file: '02-server-not-listed',
    title: 'A server the domain does not list',
    short: 'Server not listed',
    forged: true,
    situation:
      'Somebody sends as shop.example, in the envelope and in From, but from a server that shop.example does not list.',
    lesson:
      'SPF sees it. Yet shop.example has no DMARC policy, so nobody is told to refuse such mail: it only gets a warning.',
    ...ATTACKER,
    mailFrom: 'orders@shop.example',
  },
  {
    file: '03-forged-from',
    title: 'A forged From behind a passing SPF',
    short: 'Forged From',
    forged: true,
    situation:
      'The attacker owns cheap-offers.example, lists the server properly, uses that domain in the envelope, and writes the bank into the From that people see.',
    lesson: 'SPF passes, for the wrong domain: it never looks at From. DMARC does.',
    ...ATTACKER,
    mailFrom: 'news@cheap-offers.example',
  },
  {
    file: '04-altered',
    title: 'A signed invoice, altered on the way',
    short: 'Altered signed mail',
    forged: true,
    situation:
      'The signed invoice of story 1 again, but somebody changed the bank account in it and passed it on.',
    lesson: 'One changed word breaks the signature. The sender’s name alone is worth nothing then.',
    ...ATTACKER,
    mailFrom: 'billing@cheap-offers.example',
  },
  {
    file: '05-aligned',
    title: 'A newsletter through a service, done well',
    short: 'Newsletter, aligned',
    forged: false,
    situation:
      'Northwind has its newsletter sent by letters.example. The envelope uses a subdomain of Northwind, whose SPF record lists the service.',
    lesson:
      'The subdomain aligns with From, so DMARC passes by SPF alone: a server is vouched for, not the content.',
    ...LETTERS,
    mailFrom: 'bounce-17@bounce.news.northwind.example',
  },
  {
    file: '06-not-aligned',
    title: 'The same newsletter, done badly',
    short: 'Newsletter, foreign',
    forged: false,
    situation:
      'Now the service uses its own domain in the envelope and its own key. SPF passes and DKIM passes, both for letters.example.',
    lesson: 'Two passes, and still nobody has vouched for the domain in From. Alignment is what counts.',
    ...LETTERS,
    mailFrom: 'bounce-17@letters.example',
  },
  {
    file: '07-own-domain-no-login',
    title: 'Our own boss, but nobody logged in',
    short: 'Own boss, no login',
    forged: true,
    situation:
      'A message from outside carries our own domain, harbor.example, in From. Our people send through our server, after a login. Nobody logged in here.',
    lesson: 'The origin rule needs no record of anybody: who writes as us has to log in.',
    ...ATTACKER,
    mailFrom: 'dana@harbor.example',
  },
  {
    file: '08-own-domain-login',
    title: 'Our own boss, logged in',
    short: 'Own boss, logged in',
    forged: false,
    situation:
      'The same address, sent through our submission server by the user dana@harbor.example after a login.',
    lesson: 'A server that checks its users can vouch for the person, not only for the domain.',
    clientIp: '198.51.100.200',
    helo: 'laptop.harbor.example',
    mailFrom: 'dana@harbor.example',
    auth: 'dana@harbor.example',
  },
  {
    file: '09-envelope-differs',
    title: 'An envelope that differs from From',
    short: 'Envelope differs',
    forged: true,
    situation:
      'The envelope says cheap-offers.example and passes SPF; From says shop.example, which has neither signature nor DMARC policy.',
    lesson: 'No standard objects. The mismatch rule does: high risk, so the reader is warned.',
    ...ATTACKER,
    mailFrom: 'refund@cheap-offers.example',
  },
  {
    file: '10-shared-provider',
    title: 'One tenant writes as another',
    short: 'Tenant as a tenant',
    forged: true,
    situation:
      'clinic.example and mallory.example are both customers of cloudmail.example, and both list its servers. Mallory logs in there and sends as the clinic, and the provider does not check.',
    lesson:
      'SPF passes, DMARC passes, and the mail is a forgery: SPF binds a domain to a server, not to a user. Look at what is not proven. Only the provider can stop this: by checking who may send as whom.',
    ...CLOUD,
    mailFrom: 'reception@clinic.example',
  },
  {
    file: '11-provider-signing',
    title: 'The same provider, signing per tenant',
    short: 'Signed per tenant',
    forged: false,
    situation:
      'The provider now signs with the clinic’s own key, and only after checking that the login belongs to the clinic. The clinic’s SPF record is the same.',
    lesson:
      'Same server, same SPF result, one rung higher: the clinic’s key vouches. Story 10 cannot get this signature.',
    ...CLOUD,
    mailFrom: 'reception@clinic.example',
  },
];
