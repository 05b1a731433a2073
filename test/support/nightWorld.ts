import { createNightMemory } from '../../shared/ledgerMemory';
import { hashId } from '../../shared/domain/identity';
import type { StandingRow } from '../../shared/domain/remediation/standing';
import type { Fault } from '../../shared/domain/fault';
import { batchId, type BatchRow } from '../../shared/domain/remediation/batchRow';
import type { Entry, EntryEnd, Outcome } from '../../shared/domain/remediation/entry';
import type { RemediationAsk } from '../../shared/domain/remediation/ask';
import { noTally, type RemediationRow } from '../../shared/domain/remediation/remediationRow';
import { nightlyRun } from '../../shared/domain/remediation/newRun';
import type { NightLedger } from '../../shared/ports/nightLedger';
import type { World } from '../../shared/ports/world';

/** What stands in the remediator's tables and queue. */
export type Night = {
  readonly ledger: NightLedger;
  readonly asks: RemediationAsk[];
  /** Thrown by the next messages, one each; nothing is sent then. */
  readonly faults: Fault[];
  put(row: RemediationRow): Promise<void>;
};

/** Has a world offer the remediation; nobody works on what is asked for. */
export function offerNight(world: Pick<World, 'remediation'>): Night {
  const ledger = createNightMemory();
  const asks: RemediationAsk[] = [];
  const faults: Fault[] = [];
  const queue = {
    send: async (ask: RemediationAsk) => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      asks.push(ask);
    },
  };
  Object.assign(world, { remediation: { ledger, queue, cloud: 'AzureCloud' } });
  return {
    ledger,
    asks,
    faults,
    put: async (row) => {
      const stored = await ledger.remediations.get(row.id);
      if (stored === null) await ledger.remediations.insert(row);
      else await ledger.remediations.replace(row, stored.etag);
    },
  };
}

export const nightBegin = Date.parse('2026-01-01T02:00:00.000Z');

/** A night's run that is under way: 100 VMs found, none at its end. */
export function runRow(changes: Partial<RemediationRow> = {}): RemediationRow {
  return {
    ...nightlyRun('20260101', nightBegin),
    phase: 'running',
    startedAt: nightBegin,
    tally: { ...noTally, found: 100 },
    ...changes,
  };
}

/** One VM of a run that nobody has looked at yet. */
export function entryOf(changes: Partial<Entry> = {}): Entry {
  return {
    vmId: vmIdAt(0),
    vmGuid: 'guid',
    location: 'westeurope',
    outbound: 'explicit',
    duplicateName: false,
    stage: changes.end === undefined ? 'waiting' : 'ended',
    nextAt: 0,
    fingerprint: '',
    plan: [],
    sent: [],
    mends: '',
    attempts: 0,
    notes: [],
    end: null,
    ...changes,
  };
}

/** The same at its end. */
export function endedEntry(
  outcome: Outcome,
  end: Partial<EntryEnd> = {},
  changes: Partial<Entry> = {},
): Entry {
  const ended = { outcome, at: nightBegin, reason: null, detail: '', error: null, writes: [] };
  return entryOf({ ...changes, end: { ...ended, ...end } });
}

export function batchOf(runId: string, number: number, entries: readonly Entry[]): BatchRow {
  const subscriptionId = '11111111-1111-4111-8111-111111111111';
  return { schema: 1, id: batchId(runId, number), runId, number, subscriptionId, entries };
}

/** A VM that has failed three nights. */
export function standingOf(changes: Partial<StandingRow> = {}): StandingRow {
  const vmId = changes.vmId ?? vmIdAt(0);
  return {
    schema: 1,
    id: hashId(vmId.toLowerCase()),
    vmId,
    failures: 3,
    lastFailureAt: nightBegin,
    lastRunId: 'night-20251231',
    pausedUntil: nightBegin,
    quarantinedAt: nightBegin,
    fingerprint: 'f',
    reason: 'extensionFailed',
    error: { status: 0, code: 'VMExtensionHandlerNonTransientError', message: 'exit code 51' },
    ...changes,
  };
}

/** The id of a VM of the estate. */
export function vmIdAt(at: number): string {
  return `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-${at % 50}/providers/Microsoft.Compute/virtualMachines/vm-${at}`;
}
