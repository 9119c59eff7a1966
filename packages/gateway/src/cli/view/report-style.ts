import { html, type Html } from '../text/html.js';

/** The style sheet of the report file: light and dark, wide and narrow, and on paper. */
export const REPORT_STYLE: Html = html`<style>
  :root {
    color-scheme: light dark;
    --bg: #f5f6f8;
    --card: #fff;
    --ink: #1b2330;
    --dim: #5b6675;
    --line: #dfe3e8;
    --good: #12724a;
    --warn: #8a5a00;
    --bad: #b3261e;
    --info: #1d5fa8;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --bg: #12161c;
      --card: #1b212a;
      --ink: #e6eaf0;
      --dim: #98a4b3;
      --line: #303a46;
      --good: #57c78f;
      --warn: #e2ae4a;
      --bad: #ff8a80;
      --info: #7db7f5;
    }
  }
  * {
    box-sizing: border-box;
  }
  body {
    margin: 0;
    background: var(--bg);
    color: var(--ink);
    font:
      16px/1.5 system-ui,
      sans-serif;
    overflow-wrap: anywhere;
  }
  main {
    max-width: 60rem;
    margin: 0 auto;
    padding: 1.5rem 1rem 3rem;
  }
  .brand {
    margin: 0;
    font-weight: 700;
    color: var(--info);
  }
  .brand span {
    font-weight: 400;
    color: var(--dim);
  }
  h1 {
    font-size: 1.5rem;
    margin: 0.25rem 0 0.75rem;
  }
  h2 {
    font-size: 1.1rem;
    margin: 0 0 0.75rem;
  }
  h3 {
    font-size: 1rem;
    margin: 0.75rem 0 0.25rem;
  }
  .verdict {
    display: inline-block;
    margin: 0 0 1rem;
    padding: 0.4rem 0.8rem;
    border: 2px solid currentColor;
    border-radius: 0.5rem;
  }
  .verdict strong {
    text-transform: uppercase;
    letter-spacing: 0.04em;
    margin-right: 0.4rem;
  }
  .good {
    color: var(--good);
  }
  .warn {
    color: var(--warn);
  }
  .bad {
    color: var(--bad);
  }
  .info {
    color: var(--info);
  }
  .dim {
    color: var(--dim);
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    padding: 1rem 1.25rem;
    margin: 0 0 1rem;
  }
  .facts {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0.2rem 1rem;
    margin: 0;
  }
  .facts dt {
    color: var(--dim);
  }
  .facts dd {
    margin: 0;
  }
  .note {
    margin: 0.6rem 0 0;
    padding-left: 0.75rem;
    border-left: 3px solid var(--warn);
  }
  .ladder {
    list-style: none;
    margin: 0;
    padding: 0;
    max-width: 38rem;
  }
  .ladder li {
    display: flex;
    gap: 0.9rem;
    align-items: center;
    padding: 0.3rem 0.6rem;
    border-left: 4px solid var(--line);
    border-right: 4px solid var(--line);
    border-bottom: 2px solid var(--line);
    color: var(--dim);
  }
  .ladder b {
    min-width: 4.5rem;
    font-family: ui-monospace, monospace;
  }
  .ladder .below {
    border-color: var(--good);
  }
  .ladder .reached {
    border-color: var(--good);
    color: var(--ink);
    font-weight: 600;
    background: color-mix(in srgb, var(--good) 12%, transparent);
  }
  .ladder .reached.nobody {
    border-color: var(--bad);
    background: color-mix(in srgb, var(--bad) 12%, transparent);
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr));
    gap: 1rem;
  }
  .grid article {
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    padding: 0.25rem 0.9rem 0.4rem;
  }
  .question {
    margin: 0 0 0.4rem;
    color: var(--dim);
    font-size: 0.9rem;
  }
  .badge {
    display: inline-block;
    padding: 0 0.5rem;
    border: 1px solid currentColor;
    border-radius: 1rem;
    font:
      600 0.85rem/1.5 ui-monospace,
      monospace;
  }
  .reason {
    border-top: 1px solid var(--line);
    padding-top: 0.25rem;
    margin-top: 0.5rem;
  }
  pre,
  code {
    font:
      0.85rem/1.45 ui-monospace,
      monospace;
    white-space: pre-wrap;
  }
  summary {
    cursor: pointer;
    font-weight: 600;
    padding: 0.2rem 0;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.92rem;
  }
  td {
    vertical-align: top;
    padding: 0.25rem 0.5rem;
    border-top: 1px solid var(--line);
  }
  .clause {
    white-space: nowrap;
    color: var(--dim);
  }
  footer {
    color: var(--dim);
    font-size: 0.85rem;
  }
  @media (max-width: 34rem) {
    .facts {
      grid-template-columns: 1fr;
    }
    .facts dd {
      margin-bottom: 0.4rem;
    }
    .clause {
      white-space: normal;
    }
  }
  @media print {
    body {
      background: #fff;
    }
    .card {
      break-inside: avoid;
    }
  }
</style>`;
