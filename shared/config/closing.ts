import type { KeyObject } from 'node:crypto';
import { clouds, customPlace } from '../azure/cloud';
import type { ArmPlace } from '../azure/arm';
import { connectionParts } from '../azure/connectionParts';
import { parsePublicKey } from '../azure/verifier';
import { isGuid } from '../domain/armId';
import { isDeployment } from '../domain/identity';
import { parseScopes, type SweepSettings } from '../domain/sweep/sweepSettings';
import { longestGapMs } from './schedule';
import type { SettingName, SettingsReader } from './settings';

/** What every app needs: storage, Resource Manager, an identity. */
export type PlaceConfig = {
  readonly storage:
    | { readonly kind: 'connectionString'; readonly connectionString: string }
    | { readonly kind: 'identity'; readonly uri: string };
  readonly resourceManager: ArmPlace;
  /** `''`: the system-assigned identity. */
  readonly clientId: string;
  readonly deployment: string;
};

/** What every app needs that closes: the main one, and the sweeper. */
export type CoreConfig = PlaceConfig & {
  readonly publicKeys: ReadonlyMap<number, KeyObject>;
};

/** When the sweep runs and how it may act. */
export type SweepConfig = {
  readonly sweep: TimerSchedule;
  readonly sweepSettings: SweepSettings;
};

/** What closing needs, and nothing that opening alone needs. */
export type ClosingConfig = CoreConfig &
  SweepConfig & {
    readonly reconcile: TimerSchedule;
    /** Where the audit is kept; `null`: the settings do not say, so nothing opens. */
    readonly audit: CoreConfig['storage'] | null;
  };

/** When a timer runs: NCRONTAB, and the longest time between two of its runs in milliseconds. */
export type TimerSchedule = { readonly text: string; readonly gapMs: number };

/**
 * Reads the closing half; every fault is left with the reader, `null` if there was one. The schedules
 * of its timers are no reason not to close: a faulty one is a fault of the opening half, and the
 * timer runs every minute until it is mended.
 */
export function readClosing(reader: SettingsReader, opening: SettingsReader): ClosingConfig | null {
  const core = readCore(reader);
  const sweeping = readSweep(opening);
  const reconcile = readSchedule(opening, 'RECONCILE_SCHEDULE');
  const audit = readAuditStorage(opening);
  return core && { ...core, ...sweeping, reconcile, audit };
}

/** Reads what no closing can do without; every fault is left with the reader, `null` if there was one. */
export function readCore(reader: SettingsReader): CoreConfig | null {
  const place = readPlace(reader);
  const publicKeys = reader.required(
    'MARKER_PUBLIC_KEYS',
    'a list such as 1:<base64 of 32 bytes>,2:<base64 of 32 bytes>',
    parsePublicKeys,
  );
  return place && publicKeys && { ...place, publicKeys };
}

/** Reads what no app can do without; every fault is left with the reader, `null` if there was one. */
export function readPlace(reader: SettingsReader): PlaceConfig | null {
  const storage = readStorage(reader);
  const resourceManager = readResourceManager(reader);
  const clientId = reader.optional('AZURE_CLIENT_ID');
  if (clientId !== '' && !isGuid(clientId)) {
    reader.fault('AZURE_CLIENT_ID is not valid: the client id of an identity, a GUID.');
  }
  const deployment = reader.required('DEPLOYMENT', 'six lower-case letters or digits', (text) =>
    isDeployment(text) ? text : null,
  );
  if (reader.faults.length > 0) return null;
  if (!storage || !resourceManager || !deployment) return null;
  return { storage, resourceManager, clientId, deployment };
}

/**
 * Reads how the sweep runs. What is faulty here keeps nobody from closing: the sweep then runs each
 * minute, deletes, and is limited to nothing, and the faults are left with `faults`.
 */
export function readSweep(faults: SettingsReader): SweepConfig {
  const mode = faults.either('SWEEP_MODE', ['close', 'report']) ?? 'close';
  const text = faults.optional('SWEEP_SCOPES');
  const scopes = text === '' ? [] : parseScopes(text);
  if (scopes === null) {
    faults.fault(
      'SWEEP_SCOPES is not valid: ids of subscriptions, resource groups or NSGs, with commas between.',
    );
  }
  return {
    sweep: readSchedule(faults, 'SWEEP_SCHEDULE'),
    sweepSettings: { mode, scopes: scopes ?? [] },
  };
}

/** Locally a connection string, in Azure the table service's URI and the app's identity. */
function readStorage(reader: SettingsReader): ClosingConfig['storage'] | null {
  const connectionString = reader.optional('AzureWebJobsStorage');
  const uri = reader.optional('AzureWebJobsStorage__tableServiceUri');
  if (connectionString !== '' && uri !== '') {
    return reader.fault(
      'AzureWebJobsStorage and AzureWebJobsStorage__tableServiceUri are both set: one of them.',
    );
  }
  if (uri !== '') return readService(reader, 'AzureWebJobsStorage__tableServiceUri');
  return reader.required(
    'AzureWebJobsStorage',
    'a connection string with https or to this machine, or AzureWebJobsStorage__tableServiceUri',
    (text) =>
      isSafeConnectionString(text)
        ? { kind: 'connectionString' as const, connectionString: text }
        : null,
  );
}

/**
 * An account of its own, or else the same storage by its blob service: an audit that is nowhere is
 * a reason not to open.
 */
function readAuditStorage(reader: SettingsReader): ClosingConfig['audit'] {
  if (reader.optional('AUDIT_BLOB_SERVICE_URI') !== '') {
    return readService(reader, 'AUDIT_BLOB_SERVICE_URI');
  }
  const connectionString = reader.optional('AzureWebJobsStorage');
  const isIdentity = reader.optional('AzureWebJobsStorage__tableServiceUri') !== '';
  const uri = reader.optional('AzureWebJobsStorage__blobServiceUri');
  if (uri === '' && !isIdentity) {
    // Closing names a connection string that is missing or is no good at all.
    if (!isSafeConnectionString(connectionString)) return null;
    if (isSafeConnectionString(connectionString, 'blob')) {
      return { kind: 'connectionString', connectionString };
    }
    return reader.fault(
      'AzureWebJobsStorage is not valid: it names no blob endpoint that is safe.',
    );
  }
  if (connectionString !== '') {
    return reader.fault(
      'AzureWebJobsStorage and AzureWebJobsStorage__blobServiceUri are both set: one of them.',
    );
  }
  return readService(reader, 'AzureWebJobsStorage__blobServiceUri');
}

/** A storage service by its URI, reached by the app's identity. */
export function readService(
  reader: SettingsReader,
  name: SettingName,
): CoreConfig['storage'] | null {
  return reader.required(name, 'an https URL', (text) =>
    URL.canParse(text) && new URL(text).protocol === 'https:'
      ? { kind: 'identity' as const, uri: text.replace(/\/$/, '') }
      : null,
  );
}

/** Keys travel with every request's signature at least; plain http stays on this machine. */
export function isSafeConnectionString(
  text: string,
  service: 'table' | 'blob' | 'queue' = 'table',
): boolean {
  if (/^UseDevelopmentStorage=true;?$/i.test(text)) return true;
  const parts = connectionParts(text);
  const isAccount = parts.has('accountname') && parts.has('accountkey');
  const isShared = parts.has('sharedaccesssignature') && parts.has(`${service}endpoint`);
  if (!isAccount && !isShared) return false;
  const endpoint = parts.get(`${service}endpoint`);
  if (endpoint === undefined) return parts.get('defaultendpointsprotocol') === 'https';
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname } = new URL(endpoint);
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}

function readResourceManager(reader: SettingsReader): ArmPlace | null {
  const names = [...Object.keys(clouds), 'Custom'];
  const cloud = reader.required('AZURE_CLOUD', `one of ${names.join(', ')}`, (text) =>
    names.includes(text) ? text : null,
  );
  if (cloud === null) return null;
  if (cloud !== 'Custom') {
    for (const name of ['ARM_ENDPOINT', 'ARM_AUDIENCE'] as const) {
      // Ignored in silence, it would look as if the app spoke to a place that it does not speak to.
      if (reader.optional(name) !== '')
        reader.fault(`${name} is set, but AZURE_CLOUD is not Custom.`);
    }
    return clouds[cloud] ?? null;
  }
  const audience = reader.optional('ARM_AUDIENCE');
  return reader.required(
    'ARM_ENDPOINT',
    'https with host and port only, and ARM_AUDIENCE a URL or absent',
    (text) => customPlace(text, audience),
  );
}

function parsePublicKeys(text: string): ReadonlyMap<number, KeyObject> | null {
  const keys = new Map<number, KeyObject>();
  for (const part of text.split(',')) {
    const match = /^\s*([1-9]\d{0,5}):([A-Za-z0-9+/=]+)\s*$/.exec(part);
    const version = Number(match?.[1]);
    const key = parsePublicKey(match?.[2] ?? '');
    if (match === null || key === null || keys.has(version)) return null;
    keys.set(version, key);
  }
  return keys;
}

/** What a timer runs by while its own schedule is faulty. */
export const everyMinute: TimerSchedule = { text: '0 * * * * *', gapMs: 60_000 };

function readSchedule(
  reader: SettingsReader,
  name: 'SWEEP_SCHEDULE' | 'RECONCILE_SCHEDULE',
): TimerSchedule {
  const expected = 'NCRONTAB of six fields, the last three *, such as 0 * * * * *';
  const schedule = reader.required(name, expected, (text) => {
    const gapMs = longestGapMs(text);
    return gapMs === null ? null : { text, gapMs };
  });
  return schedule ?? everyMinute;
}
