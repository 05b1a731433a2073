import type { TokenCredential } from '@azure/core-auth';
import { ManagedIdentityCredential } from '@azure/identity';

/**
 * The app's managed identity: user-assigned if `clientId` is given, else the system-assigned one.
 * There is no other way to sign in, so no secret to leak and no developer's account to fall back on.
 */
export function createCredential(clientId: string): TokenCredential {
  return clientId === ''
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
