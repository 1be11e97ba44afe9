import { createHash } from 'node:crypto';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sha256 } from './sha256';
import { payload, solve } from './challenge';
import { commitmentOf, uuid7 } from './identity';
import { slug } from './api';

test('sha256 agrees with the platform at every padding length', () => {
  for (let n = 0; n < 200; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 31 + n) & 255);
    assert.equal(sha256(bytes), createHash('sha256').update(bytes).digest('hex'), `length ${n}`);
  }
});

test('solve finds the number and payload carries it', () => {
  const salt = 'a1b2?expires=1800000000&';
  const c = { algorithm: 'SHA-256', salt, challenge: createHash('sha256').update(`${salt}4321`).digest('hex'), maxnumber: 5000, signature: 'ff' };
  assert.equal(solve(c), 4321);
  assert.deepEqual(JSON.parse(atob(payload(c, 4321))), { algorithm: 'SHA-256', challenge: c.challenge, number: 4321, salt, signature: 'ff' });
  assert.equal(solve({ ...c, maxnumber: 4320 }), -1);
});

test('uuid7 holds the instant, the version and the variant', () => {
  const now = Date.UTC(2026, 4, 22, 2, 0, 0, 123);
  const id = uuid7(now, new Uint8Array(16).fill(255));
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replace(/-/g, '').slice(0, 12), 16), now);
});

test('a private link leads back to its commitment, a damaged one to none', () => {
  const id = '0198c0de-aaaa-7bbb-8ccc-0123456789ab';
  const secret = Buffer.concat([Buffer.from(id.replace(/-/g, ''), 'hex'), Buffer.alloc(20, 0xfb)]).toString('base64url');
  assert.equal(commitmentOf(secret), id);
  assert.equal(commitmentOf(secret.slice(1)), null);
  assert.equal(commitmentOf(`${secret}.`), null);
  assert.equal(commitmentOf(''), null);
});

test('slug reads the type of a problem, relative or absolute', () => {
  assert.equal(slug({ type: '/masalah/melebihi-sisa/' }), 'melebihi-sisa');
  assert.equal(slug({ type: 'https://ksbb.example/masalah/busy' }), 'busy');
  assert.equal(slug({ type: 'about:blank' }), 'fault');
});
