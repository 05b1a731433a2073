/** What App Service authentication is told by the app's settings. */
export type EasyAuthSettings = {
  tenantId: string;
  /** The app registration that tokens have to be for. */
  clientId: string;
  /** Origin of the sign-in that issues them. */
  loginEndpoint: string;
  /** Who calls when nobody is named; nobody when absent. */
  persona?: string;
};

/**
 * `null` unless `WEBSITE_AUTH_ENABLED` is true, in any case, as App Service sets it. Throws with the
 * name of a setting that is missing then.
 */
export function easyAuthSettings(
  values: Readonly<Record<string, string | undefined>>,
): EasyAuthSettings | null {
  if (values['WEBSITE_AUTH_ENABLED']?.toLowerCase() !== 'true') return null;
  const needed = (name: string): string => {
    const value = values[name] ?? '';
    if (value === '') throw new Error(`WEBSITE_AUTH_ENABLED is true, but ${name} is not set.`);
    return value;
  };
  const persona = values['LOCAL_PERSONA'] ?? '';
  return {
    tenantId: needed('API_TENANT_ID'),
    clientId: needed('API_CLIENT_ID'),
    loginEndpoint: new URL(needed('LOGIN_ENDPOINT')).origin,
    ...(persona === '' ? {} : { persona }),
  };
}
