// Envelope domains of services that send mail for many customers with the customer in From. Collected by hand from
// what these services document for bounces and return paths. A match only names the shape of an envelope: it excuses
// nothing, since anybody can be a customer of theirs.
const WORDS = `
  acems1.com acems2.com acems3.com activehosted.com amazonses.com aweber.com 
  bounces.mailersend.net brevosend.com ccsend.com cmail1.com cmail2.com cmail19.com cmail20.com
  constantcontact.com convertkit-mail.com convertkit-mail2.com createsend.com customeriomail.com dotdigital-email.com
  dotmailer.com elasticemail.com emarsys.net en25.com exacttarget.com freshemail.io getresponse-mail.com
  getresponse.com hubspotemail.net hubspotfree.net icontact.com infusionmail.com intercom-mail.com iterable.com
  klaviyomail.com mailchimpapp.net mailerlite.com mailgun.net mailgun.org mailjet.com mandrillapp.com mcdlv.net
  mcsv.net mktomail.com mlsend.com mlsend2.com mlsend3.com mtasv.net
  pardot.com postmarkapp.com responsys.net rsgsv.net rsys1.com rsys2.com rsys5.com sailthru.com
  salesforce.com sender-sib.com sendgrid.net sendinblue.com sendpulse.com shopifyemail.com
  smtp2go.com sparkpostmail.com turbo-smtp.com wixemails.com zcsend.net zendesk.com
`;

/** Domains (and all below them) of mail services; see `EnvelopeShape` `esp`. */
export const ESP_DOMAINS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
