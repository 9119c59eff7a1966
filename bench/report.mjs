// Figures of a run as tables: medians for the eye, ratios paired round by round against the targets.

/** Full verification: how many times as fast as mailauth, both on Node 24. */
const TIMES_MAILAUTH = { '2 KB': 12, '20 KB': 10, '200 KB': 5, '5 MB': 4, mixed: 8 };
/** DKIM alone: at most how many times the ceiling's time, both on the Node that runs the bench. */
const TIMES_CEILING = { '2 KB': 1.5, '20 KB': 1.4, '200 KB': 1.2, '5 MB': 1.2 };

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median over rounds of a's CPU time per message divided by b's in the same round; undefined where one did not run. */
export function pairedRatio(samples, a, b) {
  if (samples[a] === undefined || samples[b] === undefined) return undefined;
  return median(samples[a].map((sample, round) => sample.cpuMicros / samples[b][round].cpuMicros));
}

/** @returns one line per target: what was measured, what is wanted, what the ceiling itself would reach, and the verdict */
export function judge({ size, algorithm, samples }) {
  const lines = [];
  const line = (what, value, target, good, best) =>
    lines.push({
      corpus: `${algorithm} ${size}`,
      what,
      value,
      target,
      best,
      verdict: value === undefined ? 'not measured' : good(value) ? 'ok' : 'miss',
    });
  const faster = TIMES_MAILAUTH[size];
  line(
    'full verification, times as fast as mailauth',
    pairedRatio(samples, 'mailauth', 'truefrom (Node 24)'),
    `>= ${faster}`,
    (value) => value >= faster,
    pairedRatio(samples, 'mailauth', 'ceiling (Node 24)'),
  );
  const slower = TIMES_CEILING[size];
  if (slower !== undefined)
    line(
      "DKIM alone, times the ceiling's time",
      pairedRatio(samples, 'truefrom-dkim', 'ceiling'),
      `<= ${slower}`,
      (value) => value <= slower,
      1,
    );
  return lines;
}

export function formatRun(run) {
  let out = `\nNode ${run.node}, ${run.rounds} rounds, medians. CPU: time of the whole process per message, all threads.\n`;
  for (const corpus of run.corpora) {
    const { algorithm, size, messages, bytes, samples } = corpus;
    out += `\n${algorithm}, ${size} (${messages} messages, ${Math.round(bytes)} bytes on average)\n`;
    const rows = Object.entries(samples).map(([name, list]) => {
      const cpu = median(list.map((s) => s.cpuMicros));
      const wall = median(list.map((s) => s.wallMicros));
      return [name, figure(cpu), figure(1e6 / wall), figure(bytes / wall)];
    });
    out += table([['', 'CPU us/message', 'messages/s', 'MB/s'], ...rows]);
  }
  const verdicts = run.corpora.flatMap(judge);
  out += '\nTargets (ratios of CPU time, paired round by round)\n';
  out += table([
    ['corpus', '', 'measured', 'target', 'ceiling', ''],
    ...verdicts.map((v) => [
      v.corpus,
      v.what,
      v.value === undefined ? '-' : v.value.toFixed(2),
      v.target,
      v.best === undefined ? '-' : v.best.toFixed(2),
      v.verdict,
    ]),
  ]);
  for (const absent of run.absent) out += `not measured: ${absent}\n`;
  return out;
}

function figure(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) => `  ${row.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join('  ')}\n`,
    )
    .join('');
}
