import type { WriteRecord } from '../contract';
import type { VirtualMachineSeed } from '../../estate';
import { identities } from '../../tenant';

/** All that a night is judged by. Nothing in it comes from the app. */
export type NightVerdictInput = {
  records: readonly WriteRecord[];
  /** The VMs as they were before the first write, and as they are now. */
  before: readonly VirtualMachineSeed[];
  present: Iterable<VirtualMachineSeed>;
  /** Whether nothing may be written to a VM as it was before the night. */
  isForbidden: (vm: VirtualMachineSeed) => boolean;
  /** Object id of who wrote by night; by default the remediator's. */
  by?: string;
};

/** What one write was for. */
type Purpose = 'identity' | 'extension';

/** One VM that came to harm, or was troubled in vain. */
type Trespass = { vmId: string; purpose: Purpose; sequences: number[] };

/** The judgement, as plain data. `passed` is true only where `reasons` is empty. */
export type NightVerdict = {
  passed: boolean;
  /** Each as one sentence. */
  reasons: string[];
  /** Accepted writes by purpose, and how many were refused. */
  writes: Record<Purpose, number> & { refused: number };
  /** A second write for the same thing, although the first had not failed. */
  twice: Trespass[];
  /** A write for what was there already. */
  needless: Trespass[];
  /** A PATCH that took identities away: their ids, or `system`. */
  identitiesLost: { vmId: string; sequence: number; lost: string[] }[];
  /** An accepted write to a VM that was to be left alone. */
  onForbidden: Trespass[];
  /** Sequence numbers of writes for neither purpose, refused ones too. */
  strayWrites: number[];
  /** VMs that people can sign in to with Entra ID: system identity and extension. */
  ready: { before: number; now: number };
};

/** Judges a night by the write log and by what the VMs were and are. Pure. */
export function judgeNight(input: NightVerdictInput): NightVerdict {
  const { by = identities.remediator.objectId } = input;
  const own = input.records.filter(({ caller }) => caller.objectId === by).map(withPurpose);
  const wrote = own.filter((one): one is Write => one.purpose !== undefined && isAccepted(one));
  const groups = [...grouped(wrote).values()];
  const machines = new Map(input.before.map((vm) => [vm.id.toLowerCase(), vm]));
  const isForbidden = ({ vmKey }: Write): boolean => {
    const vm = machines.get(vmKey);
    return vm !== undefined && input.isForbidden(vm);
  };
  const found = {
    twice: groups.filter(isTwice).map(trespass),
    needless: wrote.filter(isNeedless).map((one) => trespass([one])),
    identitiesLost: wrote.flatMap(lostBy),
    onForbidden: wrote.filter(isForbidden).map((one) => trespass([one])),
    strayWrites: own.filter(({ purpose }) => purpose === undefined).map(sequenceOf),
  };
  const reasons = [
    ...found.twice.map((one) => `${printed(one)}: written twice, though the first did not fail.`),
    ...found.needless.map((one) => `${printed(one)}: written, though it was there already.`),
    ...found.identitiesLost.map(
      ({ vmId, sequence, lost }) => `${vmId} lost ${lost.join(', ')} by write ${sequence}.`,
    ),
    ...found.onForbidden.map((one) => `${printed(one)}: written to what was to be left alone.`),
    ...found.strayWrites.map((sequence) => `Write ${sequence} is none that a night may make.`),
  ];
  return {
    passed: reasons.length === 0,
    reasons,
    writes: {
      identity: wrote.filter(({ purpose }) => purpose === 'identity').length,
      extension: wrote.filter(({ purpose }) => purpose === 'extension').length,
      refused: own.filter((one) => !isAccepted(one)).length,
    },
    ...found,
    ready: { before: countReady(input.before), now: countReady(input.present) },
  };
}

type Write = { record: WriteRecord; vmKey: string; purpose: Purpose };

const extensionPath = /^(.*\/virtualmachines\/[^/]+)\/extensions\/[^/]+$/;
const vmPath = /^.*\/virtualmachines\/[^/]+$/;

/** A write with what it was for, told from method, path and body alone. */
function withPurpose(record: WriteRecord): Omit<Write, 'purpose'> & { purpose?: Purpose } {
  const { method, path, body } = record;
  const lower = path.toLowerCase();
  const vmKey = extensionPath.exec(lower)?.[1] ?? lower;
  if (method === 'PUT' && vmKey !== lower && isLoginBody(body)) {
    return { record, vmKey, purpose: 'extension' };
  }
  const fields = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const isIdentity = method === 'PATCH' && vmPath.test(lower) && fields.join() === 'identity';
  return isIdentity ? { record, vmKey, purpose: 'identity' } : { record, vmKey };
}

function isLoginBody(body: unknown): boolean {
  const text = JSON.stringify(body ?? null).toLowerCase();
  return /"type":"(?:aadloginforwindows|aadsshloginforlinux)"/.test(text);
}

const isAccepted = ({ record }: { record: WriteRecord }): boolean =>
  record.status >= 200 && record.status < 300;

const sequenceOf = ({ record }: { record: WriteRecord }): number => record.sequence;

function grouped(writes: readonly Write[]): Map<string, Write[]> {
  const groups = new Map<string, Write[]>();
  for (const write of writes) {
    const key = `${write.purpose} ${write.vmKey}`;
    groups.set(key, [...(groups.get(key) ?? []), write]);
  }
  return groups;
}

/** A second try is right where the first is known to have failed before. */
function isTwice(writes: Write[]): boolean {
  return writes.slice(0, -1).some(({ record }) => record.outcome !== 'failed');
}

function isNeedless({ record, purpose }: Write): boolean {
  if (purpose === 'identity') return kindsOf(identityIn(record.before)).includes('system');
  const before = record.before as { provisioningState?: string } | null;
  return before?.provisioningState === 'Succeeded';
}

type SeenIdentity = { type?: string; userAssignedIdentities?: Record<string, unknown> } | null;

function identityIn(value: unknown): SeenIdentity {
  return (value as { identity?: SeenIdentity } | null)?.identity ?? null;
}

/** `system`, and the ids of user-assigned identities in lower case. */
function kindsOf(identity: SeenIdentity): string[] {
  const isSystem = identity?.type?.toLowerCase().includes('systemassigned') ?? false;
  const ids = Object.keys(identity?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase());
  return isSystem ? ['system', ...ids] : ids;
}

function lostBy({ record, vmKey, purpose }: Write): NightVerdict['identitiesLost'] {
  // Of one that failed nothing came; of a VM that is gone nothing is left to lose.
  if (purpose !== 'identity' || record.outcome !== 'succeeded' || record.after === null) return [];
  const kept = kindsOf(identityIn(record.after));
  const lost = kindsOf(identityIn(record.before)).filter((kind) => !kept.includes(kind));
  return lost.length === 0 ? [] : [{ vmId: vmKey, sequence: record.sequence, lost }];
}

function trespass(writes: Write[]): Trespass {
  const [first] = writes;
  return {
    vmId: first?.vmKey ?? '',
    purpose: first?.purpose ?? 'extension',
    sequences: writes.map(sequenceOf),
  };
}

const printed = ({ vmId, purpose, sequences }: Trespass): string =>
  `${purpose} of ${vmId} (write ${sequences.join(', ')})`;

/** True where people can sign in to it with Entra ID. */
export function isReady({ osType, identity, extensions = [] }: VirtualMachineSeed): boolean {
  const wanted = osType === 'Windows' ? 'aadloginforwindows' : 'aadsshloginforlinux';
  const isThere = extensions.some(
    ({ type, provisioningState }) =>
      type.toLowerCase() === wanted && provisioningState === 'Succeeded',
  );
  return isThere && identity?.system === true;
}

function countReady(vms: Iterable<VirtualMachineSeed>): number {
  let count = 0;
  for (const vm of vms) if (isReady(vm)) count++;
  return count;
}
