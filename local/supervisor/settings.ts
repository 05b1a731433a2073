import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from '../azure/tls/certificates';
import type { LocalAzure } from '../localAzure';
import type { LocalKeys } from './keys';
import { tenantId } from '../estate';
import { postern } from '../tenant';
import type { FaultName } from './options';
import type { Ports } from './ports';
import { storageConnectionString } from './storage';

/** What the environment of the Functions host is made of. */
export type HostEnvironmentParts = {
  azure: LocalAzure;
  keys: LocalKeys;
  certificates: Certificates;
  folder: string;
  ports: Ports;
  fault: FaultName | null;
};

/**
 * The app's settings as Azure would hand them over: the sample, what `local.settings.json` says
 * instead, and what only this machine knows (keys made at the first start, the identity's token
 * endpoint, the certificate authority).
 */
export function hostEnvironment(parts: HostEnvironmentParts): Record<string, string> {
  const { azure, keys, folder, ports, fault } = parts;
  const identity = azure.login.environmentOf('opener', `http://127.0.0.1:${ports.control}`);
  return {
    ...valuesOf('local.settings.sample.json'),
    ...(existsSync('local.settings.json') ? valuesOf('local.settings.json') : {}),
    // Reconcile has to find what events do not tell, in a demonstration of two minutes.
    ...(fault === 'no-events' ? { RECONCILE_SCHEDULE: '*/5 * * * * *' } : {}),
    ...azurePlaces(parts),
    MARKER_PRIVATE_KEY: keys.markerPrivateKey,
    ...identity,
    ...callers(ports),
    ...azure.notices.environment(`https://localhost:${ports.resourceManager}`),
    NOTICES_LINK: `http://127.0.0.1:${ports.functions}`,
    FUNCTIONS_HOST_APP: 'dist',
    FUNCTIONS_HOST_PORT: `${ports.functions}`,
    FUNCTIONS_HOST_STATE: join(folder, 'functions'),
    FUNCTIONS_HOST_KEYS: JSON.stringify({
      master: keys.masterKey,
      host: keys.functionKey,
      functions: {},
      system: { durabletask: keys.systemKey, eventgrid: keys.systemKey },
    }),
  };
}

/**
 * The same for the second app: its own sample, identity, port and state, and no private key.
 */
export function sweeperEnvironment(parts: HostEnvironmentParts): Record<string, string> {
  const { azure, keys, folder, ports } = parts;
  return {
    ...valuesOf('local.settings.sweeper.sample.json'),
    ...azurePlaces(parts),
    ...azure.login.environmentOf('sweeper', `http://127.0.0.1:${ports.control}`),
    FUNCTIONS_HOST_APP: 'dist-sweeper',
    FUNCTIONS_HOST_PORT: `${ports.sweeper}`,
    FUNCTIONS_HOST_STATE: join(folder, 'functions-sweeper'),
    FUNCTIONS_HOST_KEYS: JSON.stringify({
      master: keys.masterKey,
      host: keys.functionKey,
      functions: {},
      system: { durabletask: keys.systemKey, eventgrid: keys.systemKey },
    }),
  };
}

/** The same for the third app: its own sample, identity, port and state, and no key at all. */
export function remediatorEnvironment(parts: HostEnvironmentParts): Record<string, string> {
  const { azure, keys, folder, ports } = parts;
  const { MARKER_PUBLIC_KEYS: _ofClosing, ...places } = azurePlaces(parts);
  return {
    ...valuesOf('local.settings.remediator.sample.json'),
    ...places,
    ...azure.login.environmentOf('remediator', `http://127.0.0.1:${ports.control}`),
    FUNCTIONS_HOST_APP: 'dist-remediator',
    FUNCTIONS_HOST_PORT: `${ports.remediator}`,
    FUNCTIONS_HOST_STATE: join(folder, 'functions-remediator'),
    FUNCTIONS_HOST_KEYS: JSON.stringify({
      master: keys.masterKey,
      host: keys.functionKey,
      functions: {},
      system: {},
    }),
  };
}

/** Who may call the API: App Service authentication is on, with Ada for whoever names nobody. */
function callers(ports: Ports): Record<string, string> {
  return {
    WEBSITE_AUTH_ENABLED: 'true',
    API_TENANT_ID: tenantId,
    API_CLIENT_ID: postern.clientId,
    LOGIN_ENDPOINT: `https://localhost:${ports.resourceManager}`,
    LOCAL_PERSONA: 'ada',
  };
}

/** Where storage and Resource Manager are, whom to trust, and the public key of the markers. */
function azurePlaces({ keys, certificates, ports }: HostEnvironmentParts): Record<string, string> {
  return {
    AzureWebJobsStorage: storageConnectionString(ports),
    ARM_ENDPOINT: `https://localhost:${ports.resourceManager}`,
    ARM_AUDIENCE: `https://localhost:${ports.resourceManager}`,
    MARKER_PUBLIC_KEYS: `1:${keys.markerPublicKey}`,
    NODE_EXTRA_CA_CERTS: certificates.caPath,
  };
}

function valuesOf(path: string): Record<string, string> {
  const { Values = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
    Values?: Record<string, string>;
  };
  return Values;
}
