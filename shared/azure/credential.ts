import type { TokenCredential } from '@azure/core-auth';

/**
 * The app's managed identity: user-assigned if `clientId` is given, else the system-assigned one.
 * There is no other way to sign in: no secret to leak, no developer's account to fall back on. The
 * library is loaded with the first token: it is a tenth of the time that the app takes to start.
 */
export function createCredential(clientId: string): TokenCredential {
  let loaded: Promise<TokenCredential> | null = null;
  return {
    getToken: async (scopes, options) => {
      loaded ??= createManagedIdentity(clientId);
      return (await loaded).getToken(scopes, options);
    },
  };
}

async function createManagedIdentity(clientId: string): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return clientId === ''
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
