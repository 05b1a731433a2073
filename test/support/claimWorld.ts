import type { Caller, CallerRefusal } from '../../shared/domain/caller/caller';
import type { ApprovalRule, ClaimRule, Policy } from '../../shared/domain/policy/policy';
import { parseRecord } from '../../shared/domain/audit/auditRecord';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { ActiveQuery } from '../../shared/ports/directory';
import type { TargetRow } from '../../shared/ports/inventory';
import type { Starter } from '../../shared/ports/starter';
import { reconcileDue } from '../../functions/timers/reconcileDue';
import { type Answer, apiOf, type Call } from './callApi';
import { tenantId } from './callers';
import {
  createTestWorld,
  live,
  minute,
  nicIdOf,
  nsgNic,
  policy,
  readRow,
  signer,
  standing,
  subscription,
  type TestWorld,
  vmIdOf,
} from './windowWorld';

export const onCallGroup = '99999999-0000-4000-8000-000000000011';
export const platformGroup = '99999999-0000-4000-8000-000000000012';
export const leadsGroup = '99999999-0000-4000-8000-000000000013';
export const home = '203.0.113.10/32';

const ids: Readonly<Record<string, readonly [last: number, ...groups: string[]]>> = {
  olga: [1, onCallGroup],
  otto: [2, onCallGroup],
  pia: [3, platformGroup],
  lea: [4, leadsGroup],
  liv: [5, leadsGroup],
  /** Asks for, and could approve, the same. */
  pal: [6, platformGroup, leadsGroup],
  sam: [7],
};

export function personNamed(name: string): Caller {
  const known = ids[name];
  if (known === undefined) throw new Error(`Nobody is called ${name}.`);
  const [last, ...groups] = known;
  const objectId = `44444444-1111-4000-8000-00000000000${last}`;
  return { objectId, tenantId, name, mail: `${name}@contoso.com`, groups };
}

const sources = { ranges: [], fromActivation: { within: ['203.0.113.0/24'] } };

/** A rule for those on call, as a policy's check leaves it. */
export function claimRule(changes: Partial<ClaimRule> = {}): ClaimRule {
  return {
    name: 'on call',
    kind: 'onCall',
    group: onCallGroup,
    scopes: [`${subscription}/resourcegroups/rg-app`],
    portSets: [{ protocol: 'Tcp', ports: ['22', '3389'] }],
    longestMs: 60 * minute,
    reasonMin: 3,
    sources,
    approval: null,
    reviewers: [],
    ...changes,
  };
}

export const byLeads: ApprovalRule = { groups: [leadsGroup], waitsMs: 30 * minute };
export const withApproval = claimRule({
  name: 'platform',
  group: platformGroup,
  approval: byLeads,
});
export const glass = claimRule({
  name: 'glass',
  kind: 'breakGlass',
  group: platformGroup,
  longestMs: 30 * minute,
  reasonMin: 20,
  reviewers: [leadsGroup],
});

export type ClaimWorld = TestWorld & {
  readonly starts: string[];
  readonly starter: Starter;
  /** Who stands behind `Bearer`, where it is not one of those above. */
  readonly strangers: Map<string, Caller | CallerRefusal>;
  call(name: string, as: string, call?: Omit<Call, 'as'>): Promise<Answer>;
  /** `POST /api/windows` from 203.0.113.10. */
  ask(as: string, body?: object, key?: string): Promise<Answer>;
  reconcile(): Promise<void>;
  /** Another policy is in force. */
  adopt(changes: Partial<Policy>): void;
  /** Somebody who can write to the ledger changes a row behind the app's back. */
  tamper(id: string, change: (row: WindowRow) => WindowRow): Promise<void>;
  /** Every PUT of a rule that the network has seen. */
  puts(): number;
};

export const rules = [claimRule(), withApproval, glass];

/** vm-1 behind its two NSGs, people who call, and a policy with claims. */
export function createClaimWorld(claims: readonly ClaimRule[] = rules): ClaimWorld {
  const strangers: ClaimWorld['strangers'] = new Map();
  const callers = {
    identify: async (headers: { get(name: string): string | null }) => {
      const name = /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1];
      if (name === undefined) return 'tokenMissing' as const;
      return strangers.get(name) ?? personNamed(name);
    },
  };
  const made = createTestWorld({
    opening: { policy: { ...policy, claims }, signer, sweeper: 'none' },
    api: { callers },
  });
  const starts: string[] = [];
  const starter: Starter = {
    start: async (_name, instanceId) => {
      starts.push(instanceId);
      return 'started';
    },
  };
  const world = made as unknown as ClaimWorld;
  const api = apiOf(world, starter);
  world.network.targets.push(targetRow('vm-1'));
  const of = (id: string) => world.instances.filter(({ principalId }) => principalId === id);
  Object.assign(world.directory, {
    listInstances: async (_scope: string, principalId: string) => ({
      instances: of(principalId),
      answeredAt: world.time.now,
    }),
    listActive: async ({ of: whose }: ActiveQuery) => ({
      instances: typeof whose === 'string' ? [...world.instances] : of(whose.principalId),
      answeredAt: world.time.now,
      pages: 1,
      cut: false,
    }),
  });
  return Object.assign(world, {
    starts,
    starter,
    strangers,
    call: (name: string, as: string, call: Omit<Call, 'as'> = {}) =>
      api.call(name, { ...call, as }),
    ask: (as: string, body: object = {}, key = 'k-1') =>
      api.call('requestWindow', {
        as,
        body: { vms: ['vm-1'], duration: '30m', reason: 'Disk is full', ...body },
        headers: { 'idempotency-key': key, 'x-forwarded-for': '203.0.113.10:50000' },
      }),
    reconcile: async () => {
      await reconcileDue(world, starter);
    },
    adopt: (changes: Partial<Policy>) => {
      const version = `v${world.time.now}`;
      const next = { ...policy, claims, version, ...changes };
      Object.assign(world, { opening: { policy: next, signer, sweeper: 'none' } });
    },
    tamper: async (id: string, change: (row: WindowRow) => WindowRow) => {
      const stored = await world.ledger.windows.get(id);
      if (stored === null) throw new Error('There is no row.');
      await world.ledger.windows.replace(change(stored.row), stored.etag);
    },
    puts: () => world.network.history.filter(({ rule }) => rule !== null).length,
  });
}

export function targetRow(name: string): TargetRow {
  return {
    vmId: vmIdOf(name),
    name,
    location: 'westeurope',
    tags: {},
    powerState: 'PowerState/running',
    vmGuid: `guid-${name}`,
    osType: 'Linux',
    scaleSetId: '',
    nicId: nicIdOf(`nic-${name}`),
    nicNsgId: '',
    subnetId: '',
    subnetNsgId: '',
    privateIp: '10.0.0.4',
  };
}

/** The id of the window that an answer shows. */
export function idOf({ body }: Answer): string {
  return String(body['id']);
}

/** Somebody's window on a claim, proved open. */
export async function openedOnCall(body: object = {}): Promise<{ world: ClaimWorld; id: string }> {
  const world = createClaimWorld();
  const id = idOf(await world.ask('olga', body));
  await live(world, id, world.time.now + minute);
  if ((await readRow(world, id)).until === null) throw new Error('The window is not open.');
  return { world, id };
}

/** Pia's request, which waits. */
export async function awaited(): Promise<{ world: ClaimWorld; id: string }> {
  const world = createClaimWorld();
  const answer = await world.ask('pia');
  if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  return { world, id: idOf(answer) };
}

/** How many rules of ours stand at the machine. */
export function open(world: ClaimWorld): number {
  return standing(world, nsgNic).length;
}

/** Step and person of each record of a window, in their order. */
export async function recorded(world: ClaimWorld, windowId: string): Promise<string[]> {
  const from = world.time.now - 86_400_000;
  const steps: string[] = [];
  for await (const { line } of world.audit.list({ from, to: world.time.now, windowId })) {
    const record = parseRecord(line);
    steps.push(`${record?.step} ${record?.who.how}`);
  }
  return steps;
}
