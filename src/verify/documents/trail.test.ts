import { describe, expect, it } from 'vitest';
import { instantFromMs, sha256 } from '../../core/index.ts';
import { trailFacts } from './trail.ts';

const AT = instantFromMs(Date.UTC(2026, 10, 23, 8));
const PAGE = 'https://docs.example/page';

describe('trailFacts', () => {
  it('stands for addresses by digests, and for the server’s clock by its lead over ours', () => {
    const date = 'Mon, 23 Nov 2026 07:59:58 GMT';
    const urls = [PAGE, `${PAGE}/new`];
    expect(trailFacts({ urls, date }, AT)).toEqual({
      address: sha256(`${PAGE}/new`),
      way: sha256(JSON.stringify(urls)),
      serverClock: -2,
    });
    expect(trailFacts({ urls: [PAGE] }, AT)).toEqual({ address: sha256(PAGE) });
  });

  it.each(['', 'yesterday', 'Mon, 23 Nov 2020 08:00:00 GMT'])(
    'leaves out a clock that tells nothing: %j',
    (date) => {
      expect(trailFacts({ urls: [PAGE], date }, AT)).not.toHaveProperty('serverClock');
    },
  );

  it('says nothing of an access that nobody saw', () => {
    expect(trailFacts(undefined, AT)).toEqual({});
  });
});
