import { createHash } from 'node:crypto';
import { seeded } from '../scripts/random.mjs';
import { mutate } from './mutate.mjs';

/** The input number `index` of a target: it depends on nothing else, so one failing input can be made again alone. */
export function inputOf({ seed, name, index, seeds }) {
  const random = seeded(createHash('sha256').update(`${seed} ${name} ${index}`).digest().readUInt32LE());
  return { bytes: mutate(random.pick(seeds), seeds, random), random };
}
