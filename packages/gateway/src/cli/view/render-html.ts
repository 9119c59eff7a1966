import { formatClause, type Verification } from '@truefrom/core';
import { html, type Html } from '../text/html.js';
import type { CheckView, MechanismView, ReasonView } from './check-view.js';
import { REPORT_STYLE } from './report-style.js';
import { traceSections } from './trace-sections.js';

/** What the report adds to the view. */
export interface ReportExtras {
  readonly verification: Verification;
  readonly headers: readonly string[];
  readonly createdAt: Date;
}

/**
 * One checked message as a file of its own: no script, no outside resource, and a policy that forbids both, so that
 * it may be opened, mailed and kept although it quotes a hostile message.
 */
export function renderHtml(view: CheckView, extras: ReportExtras): string {
  return `<!doctype html>\n${html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta
        http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
      />
      <meta name="referrer" content="no-referrer" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${view.action}: ${view.title} - truefrom</title>
      ${REPORT_STYLE}
    </head>
    <body>
      <main>
        <header class="top">
          <p class="brand">truefrom <span>who vouches for the From?</span></p>
          <h1>${view.title}</h1>
          <p class="verdict ${view.actionTone}"><strong>${view.action}</strong> ${view.actionMeaning}</p>
        </header>
        ${factsOf(view)} ${ladderOf(view)} ${mechanismsOf(view.mechanisms)} ${decisionOf(view)}
        ${headersOf(extras.headers)} ${tracesOf(extras.verification)}
        <footer>
          Made by truefrom on ${extras.createdAt.toISOString()}. Words from the message and from DNS are
          quoted as found; nothing in them was executed or fetched.
        </footer>
      </main>
    </body>
  </html> `.toString()}`;
}

function factsOf(view: CheckView): Html {
  return html`<section class="card">
    <dl class="facts">
      ${view.facts.map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${view.notices.map((notice) => html`<p class="note">${notice}</p>`)}
  </section>`;
}

function ladderOf(view: CheckView): Html {
  return html`<section class="card">
    <h2>Who vouches for the From?</h2>
    <ol class="ladder" reversed>
      ${view.rungs.map(
        ({ rung, meaning, state }) =>
          html`<li class="${state} ${state === 'reached' && rung === 'none' ? 'nobody' : ''}">
            <b>${rung}</b><span>${meaning}${state === 'reached' ? ' (reached)' : ''}</span>
          </li>`,
      )}
    </ol>
    ${listOf('Evidence', view.evidence)} ${listOf('What this does not prove', view.notProven)}
  </section>`;
}

function listOf(title: string, items: readonly string[]): Html {
  if (items.length === 0) return html``;
  return html`<h3>${title}</h3>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>`;
}

function mechanismsOf(mechanisms: readonly MechanismView[]): Html {
  return html`<section class="card">
    <h2>What each mechanism says</h2>
    <div class="grid">
      ${mechanisms.map(
        ({ number, name, question, findings }) =>
          html`<article>
            <h3>${number === undefined ? '' : `${number} `}${name}</h3>
            <p class="question">${question}</p>
            ${findings.map(
              (found) =>
                html`<p>
                  <span class="badge ${found.tone}">${found.word}</span>
                  ${found.about === undefined ? '' : `${found.about}: `}${found.text}
                </p>`,
            )}
          </article>`,
      )}
    </div>
  </section>`;
}

function decisionOf(view: CheckView): Html {
  return html`<section class="card">
    <h2>Decision: ${view.action}</h2>
    ${view.reasons.length === 0 ? html`<p>Nothing speaks against it.</p>` : html``}
    ${view.reasons.map(reasonOf)}
    ${view.warning === undefined ? html`` : html`<p><b>Warning for the reader:</b> ${view.warning}</p>`}
    ${view.reply === undefined ? html`` : html`<p><b>SMTP reply:</b> <code>${view.reply}</code></p>`}
  </section>`;
}

function reasonOf(reason: ReasonView): Html {
  return html`<article class="reason">
    <h3><span class="badge ${reason.tone}">${reason.severity}</span> ${reason.text}</h3>
    <dl class="facts">
      <dt>seen</dt>
      <dd>${reason.evidence}</dd>
      <dt>do</dt>
      <dd>${reason.fix}</dd>
      <dt>why</dt>
      <dd>${reason.clause} <code>${reason.code}</code></dd>
    </dl>
  </article>`;
}

function headersOf(headers: readonly string[]): Html {
  if (headers.length === 0) return html``;
  return html`<section class="card">
    <details>
      <summary>Header fields for this message</summary>
      ${headers.map((header) => html`<pre>${header.replace(/\r?\n[ \t]*/g, ' ')}</pre>`)}
    </details>
  </section>`;
}

function tracesOf(verification: Verification): Html {
  return html`<section class="card">
    <h2>Every step</h2>
    ${traceSections(verification).map(
      ([title, steps]) =>
        html`<details>
          <summary>${title}</summary>
          <table>
            ${steps.map(
              (step) =>
                html`<tr>
                  <td class="clause">${formatClause(step.clause)}</td>
                  <td>
                    ${step.text}${
                      step.lookup === undefined
                        ? html``
                        : html`<br /><code
                              >${step.lookup.name} ${step.lookup.type} = ${step.lookup.answer}</code
                            >`
                    }
                  </td>
                </tr>`,
            )}
          </table>
        </details>`,
    )}
  </section>`;
}
