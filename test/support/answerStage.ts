import type { WindowRow } from '../../shared/domain/window/windowRow';
import { type Answer, apiOf, type Call } from './callApi';
import { auditorsGroup, personOf } from './callers';
import { windowsVm } from './connecting';
import { signer, verifier } from './grants';
import type { IntakeWorld } from './intakeWorld';
import { vmRow } from './intakeWorld';
import { type Night, offerNight, runRow, standingOf } from './nightWorld';
import { holds, openWorld } from './openWorld';
import { readReady, readyVm } from './readiness';

/** Ada's window stands open, and Olga administers it; a night's run is under way. */
export type AnswerStage = {
  readonly world: IntakeWorld;
  readonly id: string;
  readonly night: Night;
  /** One API for all calls: limits are counted. */
  call(operation: string, call?: Call): Promise<Answer>;
  /** Changes the row of a window, Ada's own if none is named. */
  change(changes: Partial<WindowRow>, id?: string): Promise<void>;
};

export async function answerStage(): Promise<AnswerStage> {
  const { world, id } = await openWorld();
  holds(world);
  const machine = { vmId: vmRow('vm-1').vmId, vmGuid: 'guid-of-vm-1' };
  world.connectFacts = { machines: [windowsVm(machine)], bastions: [] };
  const night = offerNight(world);
  await night.put(runRow());
  await night.ledger.standings.insert(standingOf());
  Object.assign(world, { machines: { readMachine: readReady } });
  const api = apiOf(world, world.starter);
  return {
    world,
    id,
    night,
    call: (operation, call = {}) => api.call(operation, call),
    change: async (changes, of = id) => {
      const stored = await world.ledger.windows.get(of);
      if (stored === null) throw new Error('There is no window.');
      await world.ledger.windows.replace({ ...stored.row, ...changes }, stored.etag);
    },
  };
}

/** Another request of Ada's waits for Audrey's word; everything is signed in earnest. */
export async function waiting(stage: AnswerStage): Promise<AnswerStage> {
  const { world } = stage;
  Object.assign(world, { verifier });
  if ('faults' in world.opening) throw new Error('Openings are off.');
  const { policy } = world.opening;
  const approval = { groups: [auditorsGroup], waitsMs: 3_600_000 };
  const allow = policy.allow.map((rule) => ({ ...rule, approval }));
  world.opening = { policy: { ...policy, allow }, signer, sweeper: 'none' };
  const { body } = await stage.call('requestWindow', goodCall('requestWindow', stage));
  return { ...stage, id: String(body['id']) };
}

/** Mallory has broken the glass: somebody has to look into Ada's window. */
export async function toReview(stage: AnswerStage): Promise<AnswerStage> {
  const { world, id } = stage;
  await world.ledger.reviews.insert({
    id,
    usedBy: personOf('mallory'),
    reason: 'Site is down',
    policyRule: 'glass',
    vmIds: [vmRow('vm-1').vmId],
    openedAt: world.at,
    toldAt: world.at,
    closed: null,
  });
  return stage;
}

/** What makes each operation succeed, by whoever may do it. */
export function goodCall(operation: string, { id }: AnswerStage): Call {
  const soon = { prefer: 'respond-async', 'x-forwarded-for': '203.0.113.10:1' };
  const reason = 'Disk is full';
  const calls: Readonly<Record<string, Call>> = {
    listWindows: {},
    requestWindow: {
      body: { vms: ['vm-1'], duration: '1h', reason },
      headers: { ...soon, 'idempotency-key': 'pager-4711' },
    },
    getWindow: { id },
    connectWindow: { id },
    connectRdp: { id },
    extendWindow: { id, headers: soon, body: { until: '2026-01-01T12:30:00Z', reason } },
    closeWindow: { id, headers: soon, body: { reason } },
    readAudit: { as: 'audrey' },
    verifyAudit: { as: 'audrey' },
    approveWindow: { as: 'audrey', id, headers: soon, body: { remark: 'I know of it' } },
    denyWindow: { as: 'audrey', id, headers: soon, body: { reason } },
    readReview: { as: 'olga', id },
    reviewWindow: { as: 'olga', id, headers: soon, body: { remark: 'Looked into it' } },
    closeAllWindows: { as: 'olga', body: { confirm: 'close all', reason } },
    requestRemediation: {
      as: 'rhea',
      body: { reason },
      headers: { 'idempotency-key': 'pager-4711' },
    },
    listRemediations: { as: 'rhea' },
    getRemediation: { as: 'rhea', id: runRow().id },
    readReport: { as: 'rhea', id: runRow().id },
    listQuarantine: { as: 'rhea' },
    readinessCsv: { as: 'rhea' },
    readReadiness: { as: 'rhea', query: `?vm=${encodeURIComponent(readyVm.vmId)}` },
    releaseVm: { as: 'rhea', id: standingOf().id, body: { reason } },
    cancelRemediation: { as: 'rhea', id: runRow().id, body: {} },
  };
  const call = calls[operation];
  if (call === undefined) throw new Error(`Nobody has said how ${operation} succeeds.`);
  return call;
}
