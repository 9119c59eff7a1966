import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Gate } from './gate.js';

const never = new AbortController().signal;

test('gate: a place is handed to the next in line', async () => {
  const gate = new Gate(1);
  const order: string[] = [];
  const first = await gate.enter(never);
  const rest = ['b', 'c'].map(async (name) => {
    const leave = await gate.enter(never);
    order.push(name);
    leave?.();
  });
  first?.();
  // Comes while the place is on its way to "b", and must wait behind "c".
  const last = gate.enter(never).then((leave) => {
    order.push('d');
    leave?.();
  });
  await Promise.all([...rest, last]);
  deepEqual(order, ['b', 'c', 'd']);
});

test('gate: who gives up waiting takes no place', async () => {
  const gate = new Gate(1);
  const leave = await gate.enter(never);
  const giving = new AbortController();
  const waiting = gate.enter(giving.signal);
  giving.abort();
  equal(await waiting, undefined);
  equal(await gate.enter(AbortSignal.abort()), undefined);
  leave?.();
  const again = await gate.enter(never);
  equal(typeof again, 'function');
});

test('gate: who gives up in the moment it gets a place can still hand it back', async () => {
  const gate = new Gate(1);
  const leave = await gate.enter(never);
  const giving = new AbortController();
  const waiting = gate.enter(giving.signal);
  leave?.();
  giving.abort();
  (await waiting)?.();
  equal(typeof (await gate.enter(never)), 'function');
});
