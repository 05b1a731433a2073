import type { Candidate } from '../../shared/domain/remediation/candidate';
import type { Entry, SentWrite } from '../../shared/domain/remediation/entry';
import { fingerprintOf } from '../../shared/domain/remediation/fingerprintOf';
import type { MachineReading } from '../../shared/domain/remediation/machineReading';
import type { PlannedWrite } from '../../shared/domain/remediation/verdict';
import { windowsCandidate } from './candidates';

export const at = Date.parse('2026-11-30T02:30:00Z');

export const installWrite: Extract<PlannedWrite, { what: 'extension' }> = {
  what: 'extension',
  name: 'AADLoginForWindows',
  type: 'AADLoginForWindows',
  version: '2.0',
  mdmId: '',
};

export const identityWrite: PlannedWrite = { what: 'identity', userAssigned: [] };

/** A VM with a system identity and without the extension, as its GET shows it. */
export function bareCandidate(changes: Partial<Candidate> = {}): Candidate {
  return windowsCandidate({
    agent: 'ready',
    outbound: 'explicit',
    identity: { system: true, userAssigned: [] },
    extensions: [],
    ...changes,
  });
}

/** A VM in a run that waits for its first look. */
export function entryOf(changes: Partial<Entry> = {}): Entry {
  const { vmId, vmGuid, location } = bareCandidate();
  return {
    vmId,
    vmGuid,
    location,
    outbound: 'explicit',
    duplicateName: false,
    stage: 'waiting',
    nextAt: 0,
    fingerprint: fingerprintOf(bareCandidate()),
    plan: [],
    sent: [],
    mends: '',
    attempts: 0,
    notes: [],
    end: null,
    ...changes,
  };
}

/** A write that was accepted a minute ago. */
export function sentOf(changes: Partial<SentWrite> = {}): SentWrite {
  return { what: 'extension', at: at - 60_000, status: 201, over: false, cause: '', ...changes };
}

/** A GET of a VM. */
export function readingOf(
  candidate: Partial<Candidate> = {},
  changes: Partial<MachineReading> = {},
): MachineReading {
  return {
    candidate: bareCandidate({ outbound: 'unknown', ...candidate }),
    etag: '"7"',
    provisioning: { state: 'Succeeded', error: null },
    statuses: [],
    ...changes,
  };
}
