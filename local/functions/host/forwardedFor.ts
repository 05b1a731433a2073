import { isIP } from 'node:net';

/** The other end of the connection. */
export type Peer = { address: string; port: number };

/** Where calls in this process come from. */
const thisProcess: Peer = { address: '127.0.0.1', port: 49_152 };

/**
 * Names the peer as the last hop of `x-forwarded-for`, behind whatever the caller sent, as the
 * front end of App Service does. All peers are this machine, so `x-local-address` may say whom to
 * take the caller for. `null`: that is no address.
 */
export function forwarded(
  sent: Readonly<Record<string, string>>,
  peer: Peer = thisProcess,
): Record<string, string> | null {
  const { 'x-local-address': claimed, ...headers } = sent;
  const address = claimed ?? peer.address;
  const version = isIP(address);
  if (version === 0) return null;
  const hop = version === 6 ? `[${address}]:${peer.port}` : `${address}:${peer.port}`;
  const before = headers['x-forwarded-for'] ?? '';
  return { ...headers, 'x-forwarded-for': before === '' ? hop : `${before}, ${hop}` };
}
