// Loaded before the product: the same temporary names in every run, so that a fault can be aimed at the n-th call.
const crypto = require('node:crypto');
const { syncBuiltinESMExports } = require('node:module');
// A run after another one must draw other numbers: a name that a killed process left behind is never drawn again by chance.
const draw = process.env.TORTURE_DRAW ?? '1';
let count = 0;
const { createHash } = crypto;
const next = () =>
  createHash('sha256')
    .update(`${draw} ${(count += 1)}`)
    .digest();
crypto.randomBytes = (size) =>
  Buffer.concat(Array.from({ length: Math.ceil(size / 32) }, next)).subarray(0, size);
crypto.randomUUID = () => `00000000-0000-4000-8000-${next().toString('hex').slice(0, 12)}`;
Object.defineProperty(process, 'pid', { value: 4_194_303 });
const start = Date.parse('2026-11-23T08:00:00Z');
Date.now = () => start;
Math.random = () => 0.5;
syncBuiltinESMExports();
