import { normaliseAddress } from '../intake/address';

/**
 * The address that a call came from, as the platform saw it: the last hop of `X-Forwarded-For`,
 * which App Service appends as `address:port` to whatever the caller has put there. Everything
 * before it, and every other header, is the caller's own word. `null`: there is none to believe.
 */
export function callerAddress(forwardedFor: string | null): string | null {
  const last = (forwardedFor ?? '').split(',').at(-1)?.trim() ?? '';
  return last.length > 64 ? null : normaliseAddress(last);
}
