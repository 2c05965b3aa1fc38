/** Names as people see them: A-labels decoded (RFC 3492). For showing and comparing only; the key stays the A-label. */

const [base, tMin, tMax, skew, damp, initialBias, initialN] = [36, 1, 26, 38, 700, 72, 128];

/** `xn--bcher-kva.example` -> `bücher.example`. A label that encodes nothing stays as it is. */
export function unicodeName(domain: string): string {
  return domain
    .split('.')
    .map((label) => (label.startsWith('xn--') ? (decodePunycode(label.slice(4)) ?? label) : label))
    .join('.');
}

/** RFC 3492 section 6.2; undefined where the text is no encoding. */
function decodePunycode(text: string): string | undefined {
  const split = text.lastIndexOf('-');
  const output = Array.from(text.slice(0, Math.max(0, split)), (char) => char.charCodeAt(0));
  let [n, i, bias] = [initialN, 0, initialBias];
  for (let at = split + 1; at < text.length; ) {
    const before = i;
    for (let [weight, k] = [1, base]; ; k += base) {
      const digit = Number.parseInt(text[at++] ?? '', base);
      // Base 36 of JavaScript has the digits first, that of the RFC the letters.
      if (Number.isNaN(digit)) return undefined;
      const value = digit < 10 ? digit + 26 : digit - 10;
      i += value * weight;
      const t = Math.min(Math.max(k - bias, tMin), tMax);
      if (value < t) break;
      weight *= base - t;
      if (weight > 0x10ffff) return undefined;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    n += Math.floor(i / length);
    if (n > 0x10ffff) return undefined;
    output.splice(i % length, 0, n);
    i = (i % length) + 1;
  }
  return output.some((point) => point > 0x7f) ? String.fromCodePoint(...output) : undefined;
}

/** RFC 3492 section 6.1. */
function adapt(delta: number, points: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? damp : 2));
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > ((base - tMin) * tMax) / 2; k += base) rest = Math.floor(rest / (base - tMin));
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew));
}

/** Umlauts and accents need not be typed. */
export function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
