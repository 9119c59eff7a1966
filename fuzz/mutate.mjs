// Mutations: what happens to mail on its way, and what an attacker would try first. Deterministic: all chance is `random`.

const MAX_BYTES = 200_000;
const TOKENS = (
  '\r\n|\n|\r|\r\n |\r\n\t|\r\n\r\n|:|;|=|,|<|>|@|.|..|(|)|"|\\|[|]|%|%{|}|%{i}|%{ir}|/|-|~|?|+|\0|\x7f|\xff|\xc3\xa9|' +
  '=?utf-8?B?|?=|=?utf-8?Q?|(((((((((|))))|""""|<<<<|@@@|;;;;|====|From: |from :|From\0:|DKIM-Signature: |ARC-Seal: i=|' +
  'Authentication-Results: |v=1|v=DKIM1|v=spf1 |v=DMARC1;|k=ed25519|p=;|h=from:from|h=|bh=|b=|c=simple|c=relaxed/simple|' +
  'l=0|l=1|l=99999999999999999999|x=1|t=0|i=|d=|s=|a=rsa-sha1|a=ed25519-sha256|include:|redirect=|exists:|ptr |mx |a/0//0|' +
  'ip4:0.0.0.0/0|ip6:::/0|exp=|p=reject|sp=|np=|psd=y|i=1|i=51|i=0|cv=pass|cv=fail|none|pass|example.com|xn--|\u00e9|undefined'
).split('|');
const NUMBERS = [
  '0',
  '1',
  '-1',
  '32',
  '33',
  '128',
  '129',
  '255',
  '256',
  '65535',
  '65536',
  '2147483648',
  '4294967296',
].concat('9007199254740993', '99999999999999999999999999', '1e9', '0x10');

/** One mutation, at times several on top of each other. `others` are seeds to splice with. */
export function mutate(seed, others, random) {
  let bytes = Buffer.from(seed);
  const steps = 1 + (random.below(4) === 0 ? random.below(12) : random.below(3));
  for (let i = 0; i < steps && bytes.length < MAX_BYTES; i++)
    bytes = random.pick(MUTATIONS)(bytes, random, others).subarray(0, MAX_BYTES);
  return bytes;
}

const MUTATIONS = [
  flip,
  set,
  insertToken,
  insertToken,
  insertRandom,
  remove,
  repeat,
  blowUp,
  swap,
  number,
  splice,
  cut,
];

function flip(bytes, random) {
  if (bytes.length > 0) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  return bytes;
}

function set(bytes, random) {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function insertToken(bytes, random) {
  return insert(bytes, Buffer.from(random.pick(TOKENS), random.below(8) === 0 ? 'utf8' : 'latin1'), random);
}

function insertRandom(bytes, random) {
  return insert(
    bytes,
    Buffer.from(Array.from({ length: 1 + random.below(20) }, () => random.below(256))),
    random,
  );
}

function remove(bytes, random) {
  const [start, end] = range(bytes, random, 40);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

/** A stretch twice or more: duplicate fields, tags, terms. */
function repeat(bytes, random) {
  const [start, end] = range(bytes, random, 200);
  const piece = bytes.subarray(start, end);
  return insert(bytes, Buffer.concat(Array.from({ length: 1 + random.below(8) }, () => piece)), random);
}

/** One token very often: what is quadratic shows. */
function blowUp(bytes, random) {
  const token = Buffer.from(random.pick(TOKENS), 'latin1');
  return insert(bytes, Buffer.alloc(random.below(4000) * token.length, token), random);
}

function swap(bytes, random) {
  const [start, end] = range(bytes, random, 100);
  const piece = Buffer.from(bytes.subarray(start, end));
  return insert(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]), piece, random);
}

function number(bytes, random) {
  const text = bytes.toString('latin1');
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return bytes;
  const { index, 0: old } = random.pick(numbers);
  return Buffer.from(text.slice(0, index) + random.pick(NUMBERS) + text.slice(index + old.length), 'latin1');
}

function splice(bytes, random, others) {
  const other = random.pick(others);
  const [start, end] = range(other, random, 2000);
  return insert(bytes, other.subarray(start, end), random);
}

function cut(bytes, random) {
  return random.below(2) === 0
    ? bytes.subarray(0, random.below(bytes.length + 1))
    : bytes.subarray(random.below(bytes.length + 1));
}

function insert(bytes, piece, random) {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

function range(bytes, random, longest) {
  const start = random.below(bytes.length + 1);
  return [start, Math.min(bytes.length, start + random.below(longest))];
}
