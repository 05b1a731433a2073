import { isAtOrUnder, parseArmId } from '../armId';
import { cleanText } from '../text';
import { appliances } from './appliances';
import type { Candidate } from './candidate';
import type { Check, Situation } from './situation';
import { smallSizes } from './smallSizes';
import { findTag } from './tags';

/**
 * What a machine is, and what its owner has decided: reasons that stand until somebody changes the
 * machine. Most harm first.
 */
export const natureChecks: readonly Check[] = [
  {
    reason: 'optedOut',
    standsFor: ({ candidate, rules }) => findTag(candidate.tags, rules.optOutTags),
  },
  {
    reason: 'policyInstalls',
    standsFor: ({ surroundings }) => textOrNull(surroundings.policyAssignmentId),
  },
  { reason: 'scaleSetMember', standsFor: ({ candidate }) => textOrNull(candidate.scaleSetId) },
  { reason: 'aksNode', standsFor: ({ candidate }) => aksSign(candidate) },
  { reason: 'managedGroup', standsFor: ({ candidate }) => textOrNull(candidate.managedBy) },
  { reason: 'appliance', standsFor: ({ candidate }) => applianceName(candidate) },
  { reason: 'domainJoined', standsFor: domainSign },
  ...(['osUnsupported', 'serverCore', 'osUnknown'] as const).map((reason) => ({
    reason,
    standsFor: ({ os }: Situation) => (os.refusal?.reason === reason ? os.refusal.detail : null),
  })),
  { reason: 'tooLittleMemory', standsFor: smallSize },
  { reason: 'nameTooLong', standsFor: longName },
  {
    reason: 'duplicateName',
    standsFor: ({ candidate, surroundings, os }) =>
      os.family === 'windows' && surroundings.duplicateName
        ? cleanText(candidate.computerName, 64)
        : null,
  },
];

function textOrNull(text: string): string | null {
  return text === '' ? null : cleanText(text, 300);
}

/** AKS says so itself by tag, group, image or extension; or the node pool's owner does. */
function aksSign({ vmId, tags, image, managedBy, extensions }: Candidate): string | null {
  const tag = Object.keys(tags).find((name) => /^aks-managed-/i.test(name));
  if (tag !== undefined) return `tag ${cleanText(tag, 100)}`;
  const group = parseArmId(vmId)?.resourceGroup ?? '';
  if (/^mc_/i.test(group)) return `resource group ${group}`;
  if (/\/providers\/microsoft\.containerservice\//i.test(managedBy)) {
    return `managed by ${cleanText(managedBy, 300)}`;
  }
  if (/^microsoft-aks$/i.test(image.publisher)) return 'image of microsoft-aks';
  const isOfAks = extensions.some(({ publisher }) => /^microsoft\.aks$/i.test(publisher));
  return isOfAks ? 'extension of Microsoft.AKS' : null;
}

function applianceName({ image, planPublisher }: Candidate): string | null {
  const said = [image.publisher.toLowerCase(), planPublisher.toLowerCase()];
  const row = appliances.publishers.find(({ publisher }) => said.includes(publisher));
  return row === undefined ? null : `${row.what} (${row.publisher})`;
}

/**
 * An extension that joins a domain counts whatever its resource name and its state: one that failed
 * still says what the machine is meant for. Nothing in Azure tells of a machine joined by hand.
 */
function domainSign({ candidate, rules }: Situation): string | null {
  const joined = candidate.extensions.find(({ type }) => /addomainextension$/i.test(type));
  if (joined !== undefined) return `extension ${cleanText(joined.type, 100)}`;
  const tag = findTag(candidate.tags, rules.domainJoined.tags);
  if (tag !== null) return `tag ${tag}`;
  const scope = rules.domainJoined.scopes.find((one) => isAtOrUnder(candidate.vmId, one));
  return scope === undefined ? null : `scope ${scope}`;
}

function smallSize({ candidate, os }: Situation): string | null {
  if (os.family !== 'linux') return null;
  const size = candidate.vmSize.toLowerCase();
  const row = smallSizes.sizes.find((one) => one.size === size);
  return row === undefined ? null : `${cleanText(candidate.vmSize, 60)}: ${row.memoryGiB} GiB`;
}

/** NetBIOS names end after 15 characters. */
const nameMax = 15;

function longName({ candidate: { computerName }, os }: Situation): string | null {
  const isTooLong = os.family === 'windows' && computerName.length > nameMax;
  return isTooLong ? cleanText(computerName, 64) : null;
}
