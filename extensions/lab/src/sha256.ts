/**
 * Decides what the SHA-256 of a text is (FIPS 180-4), wherever the page comes from.
 *
 * The browser's own is there only for pages that come by HTTPS or from this machine.
 */

const ROUNDS = 64;
const BLOCK = 64;

/** The first 32 bits of the fractions of the first primes' roots: what the standard's tables are. */
function fractions(count: number, root: number): Uint32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n += 1) {
    if (primes.every(p => n % p !== 0)) {
      primes.push(n);
    }
  }
  return Uint32Array.from(primes, p => (p ** (1 / root) % 1) * 2 ** 32);
}

const K = fractions(ROUNDS, 3);
const START = fractions(8, 2);

const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const hash = Uint32Array.from(START);
  const w = new Uint32Array(ROUNDS);
  for (let at = 0; at < padded.length; at += BLOCK) {
    fill(w, view, at);
    mix(hash, w);
  }
  return Array.from(hash, word => word.toString(16).padStart(8, '0')).join('');
}

function fill(w: Uint32Array, view: DataView, at: number): void {
  for (let i = 0; i < ROUNDS; i += 1) {
    if (i < 16) {
      w[i] = view.getUint32(at + 4 * i);
      continue;
    }
    const a = w[i - 15]!;
    const b = w[i - 2]!;
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
  }
}

function mix(hash: Uint32Array, w: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < ROUNDS; i += 1) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i]! + w[i]!;
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i] = hash[i]! + word));
}
