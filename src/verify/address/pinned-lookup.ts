import { isIP, type LookupFunction } from 'node:net';
import { RefusedAddress } from './guard.ts';

/**
 * Answers a connection's look-up with addresses that were checked before: a second, different answer of the name server cannot
 * move it. Node tries them in their order, so that a machine without IPv6 still arrives.
 */
export function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    const [first] = answers;
    if (options.all === true) callback(null, answers);
    else if (first === undefined) callback(new RefusedAddress('no-address'), '');
    else callback(null, first.address, first.family);
  };
}
