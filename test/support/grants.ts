import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from '../../shared/azure/signer';
import { createVerifier } from '../../shared/azure/verifier';
import type { ClaimKind, Grant } from '../../shared/domain/grant';
import { windowIdOf } from '../../shared/domain/identity';
import { ownerRole, type Policy } from '../../shared/domain/policy/policy';
import type { SecurityRule } from '../../shared/domain/networkSecurityGroup';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { Time } from './fakeNetwork';

export const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
const network = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Network`;
export const nsgId = (name: string): string => `${network}/networkSecurityGroups/${name}`;
export const nicIdOf = (name: string): string => `${network}/networkInterfaces/${name}`;
export const subnetIdOf = (name: string, vnet = 'vnet-1'): string =>
  `${network}/virtualNetworks/${vnet}/subnets/${name}`;
export const vmIdOf = (name: string): string =>
  `${subscription}/resourceGroups/rg-app/providers/Microsoft.Compute/virtualMachines/${name}`;

export const nsgSubnet = nsgId('nsg-subnet');
export const nsgNic = nsgId('nsg-nic');
export const assignment = `${subscription}/providers/Microsoft.Authorization/roleAssignments/55555555-5555-4555-8555-555555555555`;

export const minute = 60_000;
export const limits = {
  guardMs: 3 * minute,
  leadMs: 2 * minute,
  settleMs: 2 * minute,
  shortestMs: minute,
};

/** A policy that lets windows of this world stand open for three hours. */
export const policy: Policy = {
  version: 'v1',
  limits,
  longestMs: 180 * minute,
  band: { from: 200, to: 899 },
  optInTag: null,
  caps: { vmsPerActivation: 10, windowsPerPerson: 3, windows: 50 },
  minimumPrefix: { ipv4: 32, ipv6: 128 },
  locks: 'refuse',
  overseers: { administratorRoles: [ownerRole], auditorGroups: [] },
  operators: { groups: [], people: [] },
  allow: [
    {
      name: 'operators',
      roles: ['1c0163c0-47e6-4577-8991-ea5c82e286e4'],
      scopes: [subscription],
      persons: [],
      portSets: [{ protocol: 'Tcp', ports: ['22', '3389'] }],
      longestMs: null,
      approval: null,
      sources: { ranges: [], fromActivation: { within: ['203.0.113.0/24'] } },
    },
  ],
  claims: [],
  deny: [],
};

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const signer = createSigner(privateKey, 1);
export const verifier = createVerifier(new Map([[1, publicKey]]));
/** A key that the app does not know. */
export const foreignSigner = createSigner(generateKeyPairSync('ed25519').privateKey, 1);

export function grantOf(time: Time, changes: Partial<Grant> = {}): Grant {
  const startAt = time.now - 10_000;
  const endAt = startAt + 120 * minute;
  return {
    origin: {
      kind: 'activation',
      roleAssignmentId: assignment,
      scope: subscription,
      roleDefinitionGuid: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
      principalId: '33333333-3333-4333-8333-333333333333',
      startAt,
      endAt,
    },
    person: { objectId: '33333333-3333-4333-8333-333333333333', name: 'Ada', mail: '' },
    reason: '',
    ticket: '',
    policyVersion: 'v1',
    policyRule: 'operators',
    source: { prefixes: ['203.0.113.10/32'], wonBy: 'address of the activation request' },
    portSets: [{ protocol: 'Tcp', ports: ['22', '3389'] }],
    targets: [targetOf('vm-1')],
    refusedTargets: [],
    untilAt: endAt,
    limits,
    band: { from: 200, to: 899 },
    locks: 'refuse',
    ...changes,
  };
}

/** Where a window on a group claim comes from. */
export function claimOrigin(kind: ClaimKind): Grant['origin'] {
  const claim = { kind, groupId: 'group', tenantId: 'tenant' };
  return { kind: 'claim', callerId: 'caller', key: 'k', bodyHash: 'h', claim };
}

export function targetOf(name: string): Grant['targets'][number] {
  return {
    vmId: vmIdOf(name),
    vmGuid: `guid-${name}`,
    name,
    powerState: 'PowerState/running',
    nicIds: [nicIdOf(`nic-${name}`)],
  };
}

/** The row of a window that was granted just now. */
export function rowOf(time: Time, grant: Grant): WindowRow {
  return {
    schema: 1,
    id: windowIdOf(grant.origin),
    grant,
    createdAt: time.now,
    generation: 0,
    until: null,
    wantedUntil: grant.untilAt,
    endLookAt: null,
    wish: 'open',
    closeReason: null,
    closingAt: null,
    nextLook: time.now,
    plans: 0,
    placements: [],
    refusals: grant.refusedTargets,
    endHintAt: null,
    openFrom: null,
    closeFrom: null,
    concludedAt: null,
  };
}

/** A rule of somebody else. */
export function foreignRule(changes: Partial<SecurityRule> = {}): SecurityRule {
  return {
    name: 'somebody',
    priority: 300,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: ['198.51.100.0/24'],
    sourceAsgIds: [],
    sourcePorts: ['*'],
    destinations: ['*'],
    destinationAsgIds: [],
    destinationPorts: ['443'],
    description: '',
    ...changes,
  };
}
