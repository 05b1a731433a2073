import type { Claims } from './bearer';

/** .NET's names for claims, which App Service gives them on the way. */
const MAPPED: Readonly<Record<string, string>> = {
  email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  idp: 'http://schemas.microsoft.com/identity/claims/identityprovider',
  oid: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
  roles: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  scp: 'http://schemas.microsoft.com/identity/claims/scope',
  sub: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
  tid: 'http://schemas.microsoft.com/identity/claims/tenantid',
  upn: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
};

/** Headers that App Service alone may set: whatever a caller sends under such a name is dropped. */
const RESERVED = /^x-ms-(?:client-principal|token-)/i;

/** The headers without those that only App Service may set. */
export function withoutReserved(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !RESERVED.test(name)));
}

/**
 * Who calls, as App Service tells the app.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function principalHeaders(claims: Claims): Record<string, string> {
  const principal = {
    auth_typ: 'aad',
    claims: Object.entries(claims).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => ({
        typ: MAPPED[name] ?? name,
        val: typeof one === 'string' ? one : JSON.stringify(one),
      })),
    ),
    name_typ: MAPPED['email'],
    role_typ: MAPPED['roles'],
  };
  const name = claims['preferred_username'] ?? claims['azp'];
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
    'x-ms-client-principal-id': claims.oid,
    'x-ms-client-principal-name': typeof name === 'string' ? name : claims.oid,
    'x-ms-client-principal-idp': 'aad',
  };
}
