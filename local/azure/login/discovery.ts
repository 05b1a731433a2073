import type { ArmRequest, ArmResponse } from '../contract';
import { json } from './respond';
import { RESOURCE_MANAGER_AUDIENCES, type Tokens } from './tokens';

/**
 * What clients ask before they sign in: where to, and which clouds there are; and what APIs ask to
 * verify tokens. All of it is told under the address the client used, so that one listener serves
 * every name it has; only the issuer is one and the same, because tokens bear it.
 */
export function discovery(
  request: ArmRequest,
  url: URL,
  tokens: Pick<Tokens, 'tenantId' | 'keySet' | 'issuerAt'>,
): ArmResponse | undefined {
  if (request.method !== 'GET') return undefined;
  const { tenantId } = tokens;
  const path = url.pathname.toLowerCase().replace(/\/+$/, '');
  if (path === '/metadata/endpoints') return json(200, [cloud(url.origin)]);
  if (path === '/common/discovery/instance') return json(200, instance(url, tenantId));
  const issuer = tokens.issuerAt(url.origin);
  const keysOf = /^\/([^/]+)\/discovery(?:\/v2\.0)?\/keys$/.exec(path)?.[1];
  if (keysOf !== undefined && [...ANY_TENANT, tenantId.toLowerCase(), 'adfs'].includes(keysOf)) {
    return json(200, tokens.keySet(url.origin));
  }
  const tenant = /^\/([^/]+)(?:\/v2\.0)?\/\.well-known\/openid-configuration$/.exec(path)?.[1];
  if (tenant === 'adfs') return json(200, openId(url.origin, 'adfs', issuer));
  if (tenant === undefined && keysOf === undefined) return undefined;
  if (tenant === tenantId.toLowerCase() || ANY_TENANT.includes(tenant ?? '')) {
    return json(200, openId(url.origin, tenantId, issuer));
  }
  return json(400, {
    error: 'invalid_tenant',
    error_description: `AADSTS90002: Tenant '${tenant ?? keysOf}' not found.`,
  });
}

/** What stands for whichever tenant somebody turns out to be of. */
const ANY_TENANT = ['common', 'organizations'];

function openId(origin: string, folder: string, issuer: string) {
  const version = folder === 'adfs' ? '' : '/v2.0';
  return {
    issuer,
    authorization_endpoint: `${origin}/${folder}/oauth2${version}/authorize`,
    token_endpoint: `${origin}/${folder}/oauth2${version}/token`,
    device_authorization_endpoint: `${origin}/${folder}/oauth2${version}/devicecode`,
    jwks_uri: `${origin}/${folder}/discovery${version}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function instance(url: URL, tenantId: string) {
  return {
    tenant_discovery_endpoint: `${url.origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: url.host, preferred_cache: url.host, aliases: [url.host] }],
  };
}

/** One cloud as `ARM_CLOUD_METADATA_URL` wants it: every field that the CLI reads must be there. */
function cloud(origin: string) {
  return {
    name: 'Local',
    portal: `${origin}/portal`,
    authentication: {
      loginEndpoint: origin,
      audiences: RESOURCE_MANAGER_AUDIENCES.map((one) => `${one}/`).reverse(),
      tenant: 'common',
      identityProvider: 'AAD',
    },
    media: `${origin}/media`,
    graphAudience: 'https://graph.windows.net/',
    graph: 'https://graph.windows.net/',
    resourceManager: `${origin}/`,
    batch: `${origin}/batch/`,
    vmImageAliasDoc: `${origin}/aliases`,
    sqlManagement: `${origin}/sql/`,
    gallery: `${origin}/gallery/`,
    activeDirectoryDataLake: `${origin}/datalake/`,
    microsoftGraphResourceId: `${origin}/graph/`,
    suffixes: {
      storage: 'core.windows.net',
      keyVaultDns: 'vault.azure.net',
      sqlServerHostname: 'database.windows.net',
      acrLoginServer: 'azurecr.io',
      azureDataLakeStoreFileSystem: 'azuredatalakestore.net',
      azureDataLakeAnalyticsCatalogAndJob: 'azuredatalakeanalytics.net',
      mhsmDns: 'managedhsm.azure.net',
      synapseAnalytics: 'dev.azuresynapse.net',
    },
  };
}
