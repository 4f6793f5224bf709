// Rounds in which the rivals take turns, medians over the rounds, and a table. The machine may be busy: only ratios count.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Microseconds per call of `work`, measured for about `ms`. */
function time(work, ms) {
  const start = performance.now();
  let calls = 0;
  do {
    work();
    calls++;
  } while (performance.now() - start < ms);
  return ((performance.now() - start) * 1000) / calls;
}

/**
 * Times `rivals` in turn, `rounds` times, after one round of warming up.
 * @param {Record<string, () => void>} rivals the first is the yardstick
 * @returns {{ us: Record<string, number>, ratio: Record<string, number> }} medians: of the times, and of the ratios within a round
 */
export function race(rivals, { rounds, ms }) {
  const names = Object.keys(rivals);
  const all = [];
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 ? names : [...names].reverse();
    const times = Object.fromEntries(order.map((name) => [name, time(rivals[name], ms)]));
    if (round >= 0) all.push(times);
  }
  return summary(all, names);
}

/** @param {Record<string, number>[]} all one record of times per round @param {string[]} names the first is the yardstick */
export function summary(all, names) {
  const over = (of) => Object.fromEntries(names.map((name) => [name, median(all.map((round) => of(round, name)))]));
  return { us: over((round, name) => round[name]), ratio: over((round, name) => round[name] / round[names[0]]) };
}

export function table(title, header, rows) {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row) => row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  return [`\n${title}`, line(cells[0]), widths.map((w) => '-'.repeat(w)).join('  '), ...cells.slice(1).map(line)].join('\n');
}

export const us = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} ms` : `${value.toFixed(1)} us`);
export const ratio = (value) => value.toFixed(2);
