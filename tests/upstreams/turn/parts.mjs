// What the wires of a scripted turn have in common.

/** What every scripted turn costs: input includes cached, output includes thinking. */
export const USAGE = { input: 20, cached: 5, output: 12, thinking: 4 };

/** `text` in pieces of at most `size` characters, never inside one. */
export function pieces(text, size = 7) {
  const out = [];
  const points = [...text];
  for (let at = 0; at < points.length; at += size) out.push(points.slice(at, at + size).join(''));
  return out;
}
