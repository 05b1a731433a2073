import { isIP } from 'node:net';

const innerNames = /(?:^|\.)(?:localhost|local|internal|localdomain|home\.arpa)\.?$/;

/**
 * Is this the name of a host out in the world? Addresses are not names: the metadata service, the
 * platform's own and this machine are addresses. Host as `URL` gives it: lower case.
 */
export function isOuterHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 && !innerNames.test(host);
}
