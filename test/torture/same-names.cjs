// Loaded before the product: the same temporary names in every run, so that a fault can be aimed at the n-th call.
const crypto = require('node:crypto');
const { syncBuiltinESMExports } = require('node:module');
let count = 0;
crypto.randomBytes = (size) => Buffer.from(Array.from({ length: size }, () => (count += 1) & 0xff));
crypto.randomUUID = () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`;
Object.defineProperty(process, 'pid', { value: 4_194_303 });
const start = Date.parse('2026-11-23T08:00:00Z');
Date.now = () => start;
Math.random = () => 0.5;
syncBuiltinESMExports();
