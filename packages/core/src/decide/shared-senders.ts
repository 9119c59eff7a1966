/** What a provider sells: who the strangers on the same addresses are. */
export type SharedSenderKind =
  'mailbox' | 'hosting' | 'bulk' | 'application' | 'gateway' | 'relay' | 'forwarder' | 'cloud';

/**
 * How the provider makes sure that a customer may use a domain: by a record in its DNS, by a mail to an address in it,
 * by letting each account use its own addresses only, by contract, weakly as far as reported, not at all, or unknown to us.
 */
export type OwnershipCheck = 'dns' | 'address' | 'account' | 'contract' | 'weak' | 'none' | 'unknown';

/** An SPF name whose addresses serve many customers at once. */
export interface SharedSender {
  /** Domain in an SPF `include`, `redirect`, `a` or `mx`. */
  readonly domain: string;
  /** Names below it mean the same. */
  readonly below: boolean;
  readonly provider: string;
  readonly kind: SharedSenderKind;
  readonly check: OwnershipCheck;
}

type Row = readonly [domain: string, provider: string, kind: SharedSenderKind, check: OwnershipCheck];

// A leading dot: names below mean the same. From the providers' published SPF set-up pages and records, autumn 2026.
// Only names that are the same for many customers belong here: per-customer names are not shared. "unknown" is no praise.
const ROWS: readonly Row[] = [
  ['spf.protection.outlook.com', 'Microsoft 365', 'mailbox', 'weak'],
  ['outlook.com', 'Outlook.com', 'mailbox', 'account'],
  ['._spf.google.com', 'Google Workspace and Gmail', 'mailbox', 'dns'],
  ['_netblocks.google.com', 'Google Workspace and Gmail', 'mailbox', 'dns'],
  ['_netblocks2.google.com', 'Google Workspace and Gmail', 'mailbox', 'dns'],
  ['_netblocks3.google.com', 'Google Workspace and Gmail', 'mailbox', 'dns'],
  ['_cloud-netblocks.googleusercontent.com', 'Google Cloud', 'cloud', 'none'],
  ['.zoho.com', 'Zoho Mail', 'mailbox', 'dns'],
  ['.zoho.eu', 'Zoho Mail', 'mailbox', 'dns'],
  ['.zohomail.com', 'Zoho Mail', 'mailbox', 'dns'],
  ['.zohomail.eu', 'Zoho Mail', 'mailbox', 'dns'],
  ['.transmail.net', 'Zoho ZeptoMail', 'bulk', 'dns'],
  ['zcsend.net', 'Zoho Campaigns', 'bulk', 'address'],
  ['spf.messagingengine.com', 'Fastmail', 'mailbox', 'account'],
  ['_spf.protonmail.ch', 'Proton Mail', 'mailbox', 'dns'],
  ['icloud.com', 'iCloud Mail', 'mailbox', 'account'],
  ['emailsrvr.com', 'Rackspace Email', 'mailbox', 'unknown'],
  ['spf.tutanota.de', 'Tuta', 'mailbox', 'dns'],
  ['mailbox.org', 'mailbox.org', 'mailbox', 'address'],
  ['spf.migadu.com', 'Migadu', 'mailbox', 'dns'],
  ['spf.privateemail.com', 'Namecheap Private Email', 'mailbox', 'weak'],
  ['spf.titan.email', 'Titan', 'mailbox', 'unknown'],
  ['_spf.hostedemail.com', 'OpenSRS Hosted Email', 'mailbox', 'unknown'],
  ['spf.infomaniak.ch', 'Infomaniak', 'mailbox', 'unknown'],
  ['_mailcust.gandi.net', 'Gandi', 'mailbox', 'unknown'],
  ['mx.ovh.com', 'OVHcloud', 'hosting', 'account'],
  ['_spf-eu.ionos.com', 'IONOS', 'hosting', 'unknown'],
  ['_spf-us.ionos.com', 'IONOS', 'hosting', 'unknown'],
  ['_spf.perfora.net', 'IONOS', 'hosting', 'unknown'],
  ['_spf.kundenserver.de', 'IONOS', 'hosting', 'unknown'],
  ['smtp.rzone.de', 'STRATO', 'hosting', 'unknown'],
  ['_spf.aruba.it', 'Aruba', 'hosting', 'unknown'],
  ['_custspf.one.com', 'one.com', 'hosting', 'unknown'],
  ['spf.loopia.se', 'Loopia', 'hosting', 'unknown'],
  ['spf.mailprotect.be', 'Combell', 'hosting', 'unknown'],
  ['_spf.transip.email', 'TransIP', 'hosting', 'unknown'],
  ['_spf.yandex.net', 'Yandex 360', 'mailbox', 'account'],
  ['_spf.mail.ru', 'VK Mail for business', 'mailbox', 'account'],
  ['spf.mail.qq.com', 'Tencent Exmail', 'mailbox', 'unknown'],
  ['spf.qiye.aliyun.com', 'Alibaba Mail', 'mailbox', 'unknown'],
  ['spf.163.com', 'NetEase Mail', 'mailbox', 'unknown'],
  ['spf.qiye.163.com', 'NetEase Mail', 'mailbox', 'unknown'],
  ['spf.sender.xserver.jp', 'Xserver', 'hosting', 'unknown'],
  ['.secureserver.net', 'GoDaddy', 'hosting', 'unknown'],
  ['websitewelcome.com', 'HostGator', 'hosting', 'weak'],
  ['bluehost.com', 'Bluehost', 'hosting', 'weak'],
  ['_spf.mailspamprotection.com', 'SiteGround', 'hosting', 'unknown'],
  ['netblocks.dreamhost.com', 'DreamHost', 'hosting', 'unknown'],
  ['spf.web-hosting.com', 'Namecheap Hosting', 'hosting', 'weak'],
  ['_spf.mail.hostinger.com', 'Hostinger', 'hosting', 'unknown'],
  ['relay.mailchannels.net', 'MailChannels', 'relay', 'none'],
  ['spf.efwd.registrar-servers.com', 'Namecheap forwarding', 'forwarder', 'unknown'],
  ['_spf.mx.cloudflare.net', 'Cloudflare Email Routing', 'forwarder', 'unknown'],
  ['sendgrid.net', 'Twilio SendGrid', 'bulk', 'address'],
  ['.mailgun.org', 'Mailgun', 'bulk', 'dns'],
  ['.amazonses.com', 'Amazon SES', 'bulk', 'dns'],
  ['spf.mtasv.net', 'Postmark', 'bulk', 'address'],
  ['spf.mandrillapp.com', 'Mailchimp Transactional', 'bulk', 'dns'],
  ['servers.mcsv.net', 'Mailchimp', 'bulk', 'address'],
  ['.sparkpostmail.com', 'SparkPost', 'bulk', 'dns'],
  ['spf.mailjet.com', 'Mailjet', 'bulk', 'address'],
  ['spf.sendinblue.com', 'Brevo', 'bulk', 'address'],
  ['spf.brevo.com', 'Brevo', 'bulk', 'address'],
  ['spf.smtp2go.com', 'SMTP2GO', 'bulk', 'dns'],
  ['_spf.elasticemail.com', 'Elastic Email', 'bulk', 'weak'],
  ['spf.constantcontact.com', 'Constant Contact', 'bulk', 'address'],
  ['_spf.createsend.com', 'Campaign Monitor', 'bulk', 'dns'],
  ['_spf.mlsend.com', 'MailerLite', 'bulk', 'dns'],
  ['_spf.mailersend.net', 'MailerSend', 'bulk', 'dns'],
  ['mktomail.com', 'Adobe Marketo Engage', 'bulk', 'contract'],
  ['.pardot.com', 'Salesforce Account Engagement', 'bulk', 'dns'],
  ['cust-spf.exacttarget.com', 'Salesforce Marketing Cloud', 'bulk', 'contract'],
  ['emsd1.com', 'ActiveCampaign', 'bulk', 'address'],
  ['.hubspotemail.net', 'HubSpot', 'bulk', 'dns'],
  ['_spf.act-on.net', 'Act-On', 'bulk', 'contract'],
  ['customers.clickdimensions.com', 'ClickDimensions', 'bulk', 'contract'],
  ['email-od.com', 'SocketLabs', 'bulk', 'dns'],
  ['mxsspf.sendpulse.com', 'SendPulse', 'bulk', 'address'],
  ['spf.flowmailer.net', 'Flowmailer', 'bulk', 'dns'],
  ['.rp.oracleemaildelivery.com', 'Oracle Email Delivery', 'bulk', 'account'],
  ['_spf.firebasemail.com', 'Firebase Authentication', 'application', 'dns'],
  ['_spf.salesforce.com', 'Salesforce', 'application', 'address'],
  ['mail.zendesk.com', 'Zendesk', 'application', 'address'],
  ['.freshdesk.com', 'Freshdesk', 'application', 'address'],
  ['helpscoutemail.com', 'Help Scout', 'application', 'address'],
  ['_spf.atlassian.net', 'Atlassian Cloud', 'application', 'dns'],
  ['stspg-customer.com', 'Atlassian Statuspage', 'application', 'dns'],
  ['_spfinc1.servicenow.com', 'ServiceNow', 'application', 'contract'],
  ['shops.shopify.com', 'Shopify', 'application', 'address'],
  ['mailsenders.netsuite.com', 'Oracle NetSuite', 'application', 'account'],
  ['docusign.net', 'DocuSign', 'application', 'account'],
  ['._netblocks.mimecast.com', 'Mimecast', 'gateway', 'contract'],
  ['.messagelabs.com', 'Symantec Email Security.cloud', 'gateway', 'weak'],
  ['.ppe-hosted.com', 'Proofpoint Essentials', 'gateway', 'dns'],
  ['.spf.ess.barracudanetworks.com', 'Barracuda Email Gateway Defense', 'gateway', 'dns'],
  ['spf.tmes.trendmicro.com', 'Trend Micro Email Security', 'gateway', 'dns'],
  ['_spf.prod.hydra.sophos.com', 'Sophos Email', 'gateway', 'dns'],
  ['spf.hornetsecurity.com', 'Hornetsecurity', 'gateway', 'contract'],
  ['antispameurope.com', 'Hornetsecurity', 'gateway', 'contract'],
  ['spf.antispamcloud.com', 'N-able Mail Assure', 'gateway', 'contract'],
  ['mailcontrol.com', 'Forcepoint Email Security', 'gateway', 'unknown'],
];

/** All of them, for documentation and audits. */
export const SHARED_SENDERS: readonly SharedSender[] = ROWS.map(([name, provider, kind, check]) => {
  const below = name.startsWith('.');
  return { domain: below ? name.slice(1) : name, below, provider, kind, check };
});

const BY_DOMAIN: ReadonlyMap<string, SharedSender> = new Map(SHARED_SENDERS.map((s) => [s.domain, s]));

/** The provider whose customers share what `name` stands for in SPF; the longest entry that fits. */
export function sharedSender(name: string): SharedSender | undefined {
  for (let at = 0; ;) {
    const found = BY_DOMAIN.get(at === 0 ? name : name.slice(at));
    if (found !== undefined && (at === 0 || found.below)) return found;
    const dot = name.indexOf('.', at);
    if (dot < 0) return undefined;
    at = dot + 1;
  }
}
