import { logins } from '../azure/cloud';
import { isGuid } from '../domain/armId';
import type { SettingsReader } from './settings';

/** What the HTTP API needs to know who calls. */
export type ApiConfig = {
  /** Origin of the cloud's sign-in. */
  readonly login: string;
  /** Lower case. */
  readonly tenantId: string;
  readonly apiClientId: string;
};

/**
 * Reads what the API stands on; every fault is left with the reader, `null` if there was one. A
 * fault here closes the API and nothing else: windows open by events and close as ever.
 */
export function readApi(reader: SettingsReader): ApiConfig | null {
  // The platform says so, in one spelling or another; without it nobody has checked its headers.
  reader.required('WEBSITE_AUTH_ENABLED', 'true, as with App Service authentication', (text) =>
    text.toLowerCase() === 'true' ? true : null,
  );
  const tenantId = reader.required('API_TENANT_ID', 'the id of the tenant, a GUID', guid);
  const apiClientId = reader.required(
    'API_CLIENT_ID',
    "the client id of the API's own app registration, a GUID",
    guid,
  );
  const login = readLogin(reader);
  if (reader.faults.length > 0 || !tenantId || !apiClientId || !login) return null;
  return { tenantId, apiClientId, login };
}

/** The sign-in belongs to the cloud; only a `Custom` one names its own. */
function readLogin(reader: SettingsReader): string | null {
  const cloud = reader.optional('AZURE_CLOUD');
  if (cloud === 'Custom') {
    return reader.required('LOGIN_ENDPOINT', 'https with host and port only', (text) =>
      URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).origin === text
        ? text
        : null,
    );
  }
  if (reader.optional('LOGIN_ENDPOINT') !== '') {
    return reader.fault('LOGIN_ENDPOINT is set, but AZURE_CLOUD is not Custom.');
  }
  // An unknown cloud is a fault of the closing half, which names it.
  return logins[cloud] ?? null;
}

function guid(text: string): string | null {
  return isGuid(text) ? text.toLowerCase() : null;
}
