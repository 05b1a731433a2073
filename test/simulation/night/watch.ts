import type { PipelineRequest } from '@azure/core-rest-pipeline';
import type { WriteRecord } from '../../../local/azure/contract';
import type { LocalAzure } from '../../../local/localAzure';
import { identities } from '../../../local/tenant';
import type { BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import type { StandingRow } from '../../../shared/domain/remediation/standing';
import type {
  MachineState,
  NightHistory,
  NightWrite,
  SentRequest,
  StoredRow,
  TakenAsk,
  WriteKind,
} from './history';

/** Remembers what VMs were, what was sent to them, and what the night's ledger took. */
export type NightWatch = {
  onRequest(request: PipelineRequest, worker: string): (status: number) => void;
  /** A row was stored, or removed. */
  onStored(table: string, call: string, args: readonly unknown[], result: unknown): void;
  onAsk(message: unknown, taken: string): void;
  rest(live: readonly string[]): void;
  history(): NightHistory;
};

const machinePath = /^(.*\/providers\/microsoft\.compute\/virtualmachines\/[^/]+)(?:\/.*)?$/;
const readPath = /\/virtualmachines\/[^/]+$/;

/** A watch over an Azure that has just begun. */
export function watchNight(azure: LocalAzure): NightWatch {
  const { estate, writeLog } = azure.resourceManager;
  const machines = new Map<string, MachineState[]>();
  const sent: SentRequest[] = [];
  const batches: StoredRow<BatchRow>[] = [];
  const runs: StoredRow<RemediationRow>[] = [];
  const standings: StoredRow<{ id: string; row: StandingRow | null }>[] = [];
  const removedRuns: string[] = [];
  const asks: TakenAsk[] = [];
  let liveAtRest: readonly string[] | null = null;
  const note = (id: string): void => {
    const key = id.toLowerCase();
    const states = machines.get(key) ?? [];
    states.push({ atMs: Date.now(), seed: estate.vms.get(key) ?? null });
    machines.set(key, states);
  };
  for (const id of estate.vms.keys()) note(id);
  estate.onChange(({ kind, id }) => {
    if (kind === 'vm') note(id);
  });
  return {
    onRequest: ({ method, url }, worker) => {
      const path = new URL(url).pathname.toLowerCase();
      const isRead = method === 'GET' && readPath.test(path);
      const isWrite = method !== 'GET' && method !== 'POST';
      if (!isRead && !isWrite) return () => undefined;
      const vmId = machinePath.exec(path)?.[1] ?? '';
      const one: SentRequest = {
        atMs: Date.now(),
        method,
        path,
        vmId,
        worker,
        status: null,
        answeredMs: null,
      };
      sent.push(one);
      return (status) => {
        one.status = status;
        one.answeredMs = Date.now();
      };
    },
    onStored: (table, call, [first], result) => {
      const atMs = Date.now();
      if (result === 'exists' || result === 'changed') return;
      const isWrite = call === 'insert' || call === 'replace';
      if (table === 'remediationBatches' && isWrite) batches.push({ atMs, row: first as BatchRow });
      if (table === 'remediations' && isWrite) runs.push({ atMs, row: first as RemediationRow });
      if (table === 'remediationsLive' && call === 'remove') removedRuns.push(String(first));
      if (table !== 'standings') return;
      if (isWrite) {
        const row = first as StandingRow;
        standings.push({ atMs, row: { id: row.id, row } });
      }
      if (call === 'remove') standings.push({ atMs, row: { id: String(first), row: null } });
    },
    onAsk: (message, taken) => {
      asks.push({ atMs: Date.now(), message, taken });
    },
    rest: (live) => {
      liveAtRest = live;
    },
    history: () => ({
      machines,
      writes: writeLog.records.filter(isOurs).map(writeOf),
      sent,
      batches,
      runs,
      removedRuns,
      standings,
      asks,
      liveAtRest,
    }),
  };
}

/** True for what the remediator wrote: nothing of it is a window's. */
export function isOurs({ caller }: Pick<WriteRecord, 'caller'>): boolean {
  return caller.objectId === identities.remediator.objectId;
}

function writeOf(record: WriteRecord): NightWrite {
  const { at, method, status, outcome, effectiveAt, body, before, after } = record;
  const path = record.path.toLowerCase();
  return {
    atMs: Date.parse(at),
    kind: kindOf(method, path, body),
    method,
    path,
    vmId: machinePath.exec(path)?.[1] ?? '',
    status,
    outcome: outcome ?? null,
    effectiveAtMs: effectiveAt === undefined ? null : Date.parse(effectiveAt),
    body,
    before,
    after,
  };
}

const publisher = 'microsoft.azure.activedirectory';
const loginTypes = ['aadloginforwindows', 'aadsshloginforlinux'];

/** What a write was for, by its method, its path and every word of its body. */
function kindOf(method: string, path: string, body: unknown): WriteKind {
  const fields = (value: unknown): string =>
    typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : '';
  if (method === 'PATCH' && readPath.test(path)) {
    return fields(body) === 'identity' ? 'identity' : 'stray';
  }
  if (method !== 'PUT' || !/\/extensions\/[^/]+$/.test(path)) return 'stray';
  const { properties } = (body ?? {}) as { properties?: Record<string, unknown> };
  const isLogin =
    String(properties?.['publisher']).toLowerCase() === publisher &&
    loginTypes.includes(String(properties?.['type']).toLowerCase());
  const isPlain =
    fields(body) === 'location,properties' &&
    /^autoUpgradeMinorVersion,publisher,(?:settings,)?type,typeHandlerVersion$/.test(
      fields(properties),
    ) &&
    ['', 'mdmId'].includes(fields(properties?.['settings']));
  return isLogin && isPlain ? 'extension' : 'stray';
}
