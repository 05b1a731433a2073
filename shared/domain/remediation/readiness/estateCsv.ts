import { parseArmId } from '../../armId';
import type { Told } from '../../connect/facts';
import { csvRow } from '../../csv';
import { cleanText } from '../../text';
import type { Candidate } from '../candidate';
import { judgeCandidate } from '../judgeCandidate';
import { findExtension, loginExtensionOf } from '../loginExtension';
import { reasons } from '../reasons';
import type { RemediationRules } from '../remediationRules';
import type { Verdict } from '../verdict';
import type { ReadinessFact } from './fact';
import { type LocalAccountState, localAccountsPart } from './localAccountsPart';

/**
 * What the VM itself says, and nothing that an operator has decided: the remediator may leave more
 * of them alone.
 */
const plainRules: RemediationRules = {
  scopes: [],
  optOutTags: [],
  keepIdentitiesTag: { name: '' },
  domainJoined: { tags: [], scopes: [] },
  windowsList: 'older',
  defaultOutbound: 'accept',
  intune: false,
  firstNight: 'dryRun',
  keepRunsDays: 90,
};
/** Nobody compares a VM with the whole estate here. */
const nothingAround = { duplicateName: false, policyAssignmentId: '' } as const;

type Judged = {
  readonly candidate: Candidate;
  readonly verdict: Verdict;
  readonly accounts: ReadinessFact;
};

const columns: readonly (readonly [string, (judged: Judged) => string])[] = [
  ['state', ({ verdict }) => states[verdict.kind]],
  ['name', ({ candidate }) => candidate.name],
  ['vmId', ({ candidate }) => candidate.vmId],
  ['subscriptionId', ({ candidate }) => candidate.subscriptionId],
  ['resourceGroup', ({ candidate }) => parseArmId(candidate.vmId)?.resourceGroup ?? ''],
  ['location', ({ candidate }) => candidate.location],
  ['os', ({ candidate }) => osText(candidate)],
  ['power', ({ candidate }) => candidate.power],
  ['identity', ({ candidate }) => identityText(candidate)],
  ['extension', ({ candidate }) => extensionText(candidate)],
  ['outbound', ({ candidate }) => candidate.outbound],
  ['localAccounts', ({ accounts }) => accounts.state],
  ['reason', ({ verdict }) => (verdict.kind === 'skip' ? verdict.reason : '')],
  ['what', ({ verdict }) => whatText(verdict)],
  ['next', ({ verdict }) => (verdict.kind === 'skip' ? reasons[verdict.reason].next : '')],
];

/** The first line of the CSV of an estate. */
export const estateCsvHead: string = csvRow(columns.map(([name]) => name));

/** One VM as the index has it: ready, lacking what a run could give it, or in a state that bars it. */
export function estateCsvRow(
  candidate: Candidate,
  localAccounts: Told<readonly LocalAccountState[]>,
): string {
  const judged = {
    candidate,
    verdict: judgeCandidate(candidate, nothingAround, plainRules),
    accounts: localAccountsPart(localAccounts),
  };
  return csvRow(columns.map(([, cell]) => cleanText(cell(judged), 500)));
}

const states = { ready: 'ready', fix: 'notReady', skip: 'notReady' } as const satisfies Record<
  Verdict['kind'],
  string
>;

function osText({ osType, osName, osVersion, image }: Candidate): string {
  const said = `${osName} ${osVersion}`.trim();
  return `${osType} ${said || `${image.publisher} ${image.offer} ${image.sku}`}`.trim();
}

function identityText({ identity: { system, userAssigned } }: Candidate): string {
  const kinds = [
    ...(system ? ['system-assigned'] : []),
    ...(userAssigned.length > 0 ? [`${userAssigned.length} user-assigned`] : []),
  ];
  return kinds.join(', ') || 'none';
}

function extensionText(candidate: Candidate): string {
  const wanted = loginExtensionOf(candidate);
  const found = wanted === null ? null : findExtension(candidate, wanted.type);
  return found === null ? 'none' : `${found.type} ${found.version} ${found.state}`;
}

function whatText(verdict: Verdict): string {
  if (verdict.kind === 'ready') return '';
  if (verdict.kind === 'skip') return `${reasons[verdict.reason].text} ${verdict.detail}`.trim();
  return `A run would write: ${verdict.writes.map(({ what }) => what).join(', then ')}.`;
}
