// Finds for each puzzle the first number for which SHA-256 of "mac:puzzle:number" begins with enough zero bits
// (idp/verification/proof_of_work.py). SHA-256 by hand (FIPS 180-4): crypto.subtle answers in its own time, which is far too
// slow for a hundred thousand short texts. Each text fits one block of 55 bytes.
const K = new Uint32Array(64);
const START = new Uint32Array(8);
const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) >>> 0;
for (let n = 2, count = 0; count < 64; n += 1) {
  let prime = true;
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
  if (!prime) continue;
  K[count] = fraction(Math.cbrt(n));
  if (count < 8) START[count] = fraction(Math.sqrt(n));
  count += 1;
}

const w = new Uint32Array(64);
const rotate = (x, n) => (x >>> n) | (x << (32 - n));

// The first 32 bits of the hash of an ASCII text.
function firstWord(text) {
  w.fill(0, 0, 16);
  for (let i = 0; i < text.length; i += 1) w[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  w[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  w[15] = text.length * 8;
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  return (START[0] + a) >>> 0;
}

function solve(mac, puzzle, bits) {
  const limit = 2 ** (32 - bits);
  let number = 0;
  while (firstWord(`${mac}:${puzzle}:${number}`) >= limit) number += 1;
  return number;
}

addEventListener("message", ({ data }) => {
  postMessage(Array.from({ length: data.puzzles }, (_, puzzle) => solve(data.mac, puzzle, data.bits)));
});
