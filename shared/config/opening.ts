import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { isPair, parsePrivateKey } from '../azure/signer';
import type { Policy } from '../domain/policy/policy';
import type { WindowLimits } from '../domain/grant';
import { type SweeperWatch, sweeperWatches } from '../domain/sweep/heartbeat';
import { readPolicy } from '../policy/readPolicy';
import { type ClosingConfig, everyMinute } from './closing';
import { queueName, queueNameForm } from './queueName';
import type { SettingsReader } from './settings';

/** What opening needs on top of closing. */
export type OpeningConfig = {
  readonly policy: Policy;
  readonly privateKey: KeyObject;
  readonly keyVersion: number;
  readonly queue: string;
  readonly sweeper: SweeperWatch;
};

/** The least that the guard must exceed the lead by (WINDOW rules: sleeper first, sweep behind it). */
const guardAboveLeadMs = 30_000;

/** Reads the opening half; every fault is left with the reader, `null` if there was one. */
export function readOpening(
  reader: SettingsReader,
  appFolder: string,
  closing: ClosingConfig | null,
): OpeningConfig | null {
  const policy = readPolicyFile(reader, appFolder);
  const privateKey = reader.required(
    'MARKER_PRIVATE_KEY',
    'an Ed25519 key, PKCS#8 as base64 or PEM',
    parsePrivateKey,
  );
  const keyVersion = reader.required('MARKER_KEY_VERSION', 'a number from 1', (text) =>
    /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null,
  );
  const queue = reader.required('ACTIVATION_QUEUE', queueNameForm, queueName);
  const sweeper = reader.required(
    'SWEEPER',
    `${sweeperWatches.join(', ')}: whether a sweeper app is deployed, and what its silence does`,
    (text) => sweeperWatches.find((word) => word === text) ?? null,
  );
  const runMs = reader.required('SWEEP_RUN_SECONDS', secondsForm, parseSeconds);
  const deleteMs = reader.required('DELETE_SECONDS', secondsForm, parseSeconds);
  if (closing !== null) {
    const isScheduled = closing.sweep !== everyMinute;
    if (isScheduled && policy !== null && runMs !== null && deleteMs !== null) {
      checkTimes(reader, policy.limits, closing.sweep.gapMs + runMs + deleteMs);
    }
    if (privateKey !== null && keyVersion !== null) {
      checkPair(reader, privateKey, keyVersion, closing.publicKeys);
    }
  }
  if (reader.faults.length > 0 || !policy || !privateKey || !keyVersion) return null;
  if (!queue || !sweeper) return null;
  return { policy, privateKey, keyVersion, queue, sweeper };
}

function readPolicyFile(reader: SettingsReader, appFolder: string): Policy | null {
  const path = reader.required('POLICY_FILE', 'a path, relative to the app', (text) => text);
  if (path === null) return null;
  const text = fileText(resolve(appFolder, path));
  if (text === null) return reader.fault('POLICY_FILE names a file that cannot be read.');
  const result = readPolicy(text);
  if ('policy' in result) return result.policy;
  for (const { line, column, code, message } of result.faults) {
    reader.fault(`Policy, line ${line}, column ${column}: ${code}: ${message}`);
  }
  return null;
}

const secondsForm = 'whole seconds, 1 to 600';

function parseSeconds(text: string): number | null {
  const seconds = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= 600 ? seconds * 1_000 : null;
}

function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Without these two nothing is opened, because the promise to close in time would not hold: the
 * sleeper must begin before the sweep may, and one sweep with one delete must fit into the lead.
 */
function checkTimes(reader: SettingsReader, limits: WindowLimits, sweptMs: number): void {
  const { guardMs, leadMs } = limits;
  if (guardMs < leadMs + guardAboveLeadMs) {
    reader.fault(
      `The policy's guard (${guardMs / 1_000} s) must be at least its lead (${leadMs / 1_000} s) ` +
        `plus ${guardAboveLeadMs / 1_000} s.`,
    );
  }
  if (sweptMs > leadMs) {
    reader.fault(
      `The policy's lead (${leadMs / 1_000} s) is shorter than the longest time between two ` +
        `sweeps, one sweep and one delete together (${sweptMs / 1_000} s): see SWEEP_SCHEDULE, ` +
        'SWEEP_RUN_SECONDS and DELETE_SECONDS.',
    );
  }
}

/** A marker that nobody can verify would be reported as forged and closed by nobody. */
function checkPair(
  reader: SettingsReader,
  privateKey: KeyObject,
  keyVersion: number,
  publicKeys: ReadonlyMap<number, KeyObject>,
): void {
  const publicKey = publicKeys.get(keyVersion);
  if (publicKey === undefined) {
    reader.fault(`MARKER_PUBLIC_KEYS holds no key of MARKER_KEY_VERSION ${keyVersion}.`);
  } else if (!isPair(privateKey, publicKey)) {
    reader.fault('MARKER_PRIVATE_KEY does not belong to the public key of MARKER_KEY_VERSION.');
  }
}
