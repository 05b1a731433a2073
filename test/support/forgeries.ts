import { formatMarker, markerText } from '../../shared/domain/marker';
import { withSeals, withVoucher } from '../../shared/domain/window/voucher';
import type { Placement, WindowRow } from '../../shared/domain/window/windowRow';
import {
  type ClaimWorld,
  createClaimWorld,
  idOf,
  leadsGroup,
  personNamed,
  targetRow,
} from './claimWorld';
import {
  addNsg,
  addVm,
  foreignSigner,
  minute,
  nsgId,
  nsgNic,
  signer,
  targetOf,
} from './windowWorld';

export type Forge = (row: WindowRow, world: ClaimWorld) => WindowRow;
export type Attack = readonly [what: string, forge: Forge];

export const grantOf = (
  change: (grant: WindowRow['grant']) => Partial<WindowRow['grant']>,
): Forge => {
  return (row) => ({ ...row, grant: { ...row.grant, ...change(row.grant) } });
};
const vouched = (change: (row: WindowRow) => Partial<NonNullable<WindowRow['voucher']>>): Forge => {
  return (row) => {
    if (row.voucher === undefined) throw new Error('There is no voucher.');
    return { ...row, voucher: { ...row.voucher, ...change(row) } };
  };
};
export const day = 86_400_000;

/** What somebody who can write to the ledger, and holds no key, may make of a granted row. */
export const attacks: readonly Attack[] = [
  ['no voucher', ({ voucher: _gone, ...row }) => row],
  [
    'no voucher, and an older form',
    ({ voucher: _gone, ...row }) => ({ ...row, schema: 1 as const }),
  ],
  ['a later end', (row) => ({ ...row, wantedUntil: row.wantedUntil + day })],
  ['a later end that counts as proved', (row) => ({ ...row, until: row.wantedUntil + day })],
  [
    'a later end in grant, wish and voucher',
    (row) => {
      const wantedUntil = row.wantedUntil + day;
      const longer = { ...row, wantedUntil, grant: { ...row.grant, untilAt: wantedUntil } };
      return vouched(() => ({ until: wantedUntil }))(longer, null as never);
    },
  ],
  ['a later voucher', vouched(({ wantedUntil }) => ({ until: wantedUntil + day }))],
  ['an earlier beginning', (row) => ({ ...row, createdAt: row.createdAt - minute })],
  ['a wider source', grantOf(() => ({ source: { prefixes: ['0.0.0.0/0'], wonBy: 'me' } }))],
  [
    'a second source',
    grantOf(({ source }) => ({
      source: { ...source, prefixes: [...source.prefixes, '198.51.100.1/32'] },
    })),
  ],
  ['another port', grantOf(() => ({ portSets: [{ protocol: 'Tcp', ports: ['443'] }] }))],
  ['every port', grantOf(() => ({ portSets: [{ protocol: '*', ports: ['0-65535'] }] }))],
  ['another machine', grantOf(() => ({ targets: [targetOf('vm-2')] }))],
  ['one more machine', grantOf(({ targets }) => ({ targets: [...targets, targetOf('vm-2')] }))],
  [
    'another machine of the same name',
    grantOf(({ targets }) => ({
      targets: targets.map((one) => ({ ...one, vmGuid: 'guid-vm-2' })),
    })),
  ],
  ['no guard', grantOf(({ limits }) => ({ limits: { ...limits, guardMs: 0, settleMs: 1_000 } }))],
  ['priorities above all others', grantOf(() => ({ band: { from: 100, to: 100 } }))],
  ['locks accepted', grantOf(() => ({ locks: 'accept' }))],
  ['another rule of policy', grantOf(() => ({ policyRule: 'glass' }))],
  ['another person', grantOf(() => ({ person: { ...personNamed('sam'), name: 'Sam', mail: '' } }))],
  [
    'another group',
    grantOf(({ origin }) =>
      origin.kind === 'claim'
        ? { origin: { ...origin, claim: { ...origin.claim, groupId: leadsGroup } } }
        : {},
    ),
  ],
  [
    'another tenant',
    grantOf(({ origin }) =>
      origin.kind === 'claim'
        ? { origin: { ...origin, claim: { ...origin.claim, tenantId: 'x' } } }
        : {},
    ),
  ],
  ['a signature of zeros', vouched(() => ({ signature: 'A'.repeat(86) }))],
  ['no signature', vouched(() => ({ signature: '' }))],
  ['a key that nobody knows', vouched(() => ({ keyVersion: 2 }))],
  ['a key of no form', vouched(() => ({ keyVersion: '1' as never }))],
  [
    'a signature by somebody else’s key',
    (row, { deployment }) => withVoucher(row, row.wantedUntil, 0, deployment, foreignSigner),
  ],
  [
    'a voucher of another deployment',
    (row) => withVoucher(row, row.wantedUntil, row.createdAt, 'xyz789', signer),
  ],
  [
    'a marker’s signature',
    (row, { deployment }) => {
      const untilSeconds = Math.floor(row.wantedUntil / 1_000);
      const ruleName = `postern-${deployment}-${row.id}-0`;
      const parts = { deployment, nsgId: nsgNic, ruleName, untilSeconds, keyVersion: 1 };
      const signature = signer.sign(markerText(parts));
      return vouched(() => ({ signature, keyVersion: 1 }))(row, null as never);
    },
  ],
  [
    'a plan’s signature',
    (row, { deployment }) => {
      const [placement] = withSeals(
        { ...row, placements: [placementFor(row)] },
        deployment,
        signer,
      ).placements;
      const { signature = '' } = placement?.seal ?? {};
      return vouched(() => ({ signature }))(row, null as never);
    },
  ],
  ['the claim of an approval', (row) => ({ ...row, approval: approvalBy('lea', row) })],
];

export function approvalBy(name: string, row: WindowRow): NonNullable<WindowRow['approval']> {
  const { objectId, tenantId } = personNamed(name);
  const asked = {
    vms: [],
    portSets: null,
    durationMs: 0,
    source: null,
    reason: '',
    ticket: '',
  } as const;
  return {
    requester: { objectId: row.grant.person.objectId, tenantId },
    groups: [leadsGroup],
    expiresAt: row.createdAt + day,
    asked,
    address: null,
    answer: {
      kind: 'approved',
      by: { objectId, tenantId },
      name,
      groupId: leadsGroup,
      at: row.createdAt,
      remark: '',
    },
  };
}

/** A rule to another machine, with a marker that is nobody's. */
export function placementFor({ id, wantedUntil }: WindowRow): Placement {
  const untilSeconds = Math.floor(wantedUntil / 1_000);
  const description = formatMarker({ untilSeconds, keyVersion: 1, signature: 'A'.repeat(86) });
  const target = targetOf('vm-1');
  return {
    nsgId: nsgNic,
    slot: 0,
    rule: {
      name: `postern-abc123-${id}-0`,
      priority: 200,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sources: ['203.0.113.10/32'],
      sourceAsgIds: [],
      sourcePorts: ['*'],
      destinations: ['10.0.0.4'],
      destinationAsgIds: [],
      destinationPorts: ['22', '3389'],
      description,
    },
    nextRule: null,
    targets: [
      {
        vmId: target.vmId,
        vmGuid: target.vmGuid,
        nicId: target.nicIds[0] ?? '',
        addresses: ['10.0.0.4'],
      },
    ],
    phase: 'planned',
    lastPutAt: null,
    lastDeleteAt: null,
    disarmAt: null,
    putCount: 0,
    deleteCount: 0,
    putAcceptedAt: null,
    openedAt: null,
    deleteAcceptedAt: null,
    goneAt: null,
    closedAt: null,
    closedKind: null,
    nsgMissingSince: null,
    admittedAnyway: false,
    fault: null,
    faults: 0,
    notBefore: null,
    confirmedAt: null,
    unconfirmedSince: null,
    alarms: [],
  };
}

/** The world with a second machine, behind an NSG of its own. */
export function withNeighbour(world: ClaimWorld): ClaimWorld {
  addNsg(world.network, nsgId('nsg-2'));
  addVm(world.network, 'vm-2', ['10.0.0.5'], { nsg: nsgId('nsg-2'), subnet: 'subnet-2' });
  world.network.targets.push({ ...targetRow('vm-2'), privateIp: '10.0.0.5' });
  return world;
}

export async function granted(as = 'olga'): Promise<{ world: ClaimWorld; id: string }> {
  const world = withNeighbour(createClaimWorld());
  return { world, id: idOf(await world.ask(as)) };
}
