import type { Candidate, CandidateExtension } from '../../shared/domain/remediation/candidate';
import { parseArmId } from '../../shared/domain/armId';
import type { Surroundings } from './policyExpression';
import type { Json } from './policyRule';

const vm = 'Microsoft.Compute/virtualMachines';

/**
 * Where the value of an alias stands in a body, for all that the definitions use. From the aliases
 * that Resource Manager lists (`az provider show --namespace Microsoft.Compute --expand
 * resourceTypes/aliases`), as of 2022-08-01. There is none for `plan`.
 */
const aliases: Readonly<Record<string, string>> = {
  'Microsoft.Compute/imagePublisher': 'properties.storageProfile.imageReference.publisher',
  'Microsoft.Compute/imageOffer': 'properties.storageProfile.imageReference.offer',
  'Microsoft.Compute/imageSku': 'properties.storageProfile.imageReference.sku',
  [`${vm}/sku.name`]: 'properties.hardwareProfile.vmSize',
  [`${vm}/storageProfile.osDisk.osType`]: 'properties.storageProfile.osDisk.osType',
  [`${vm}/osProfile.computerName`]: 'properties.osProfile.computerName',
  [`${vm}/osProfile.allowExtensionOperations`]: 'properties.osProfile.allowExtensionOperations',
  [`${vm}/virtualMachineScaleSet.id`]: 'properties.virtualMachineScaleSet.id',
  [`${vm}/extensions/publisher`]: 'properties.publisher',
  [`${vm}/extensions/type`]: 'properties.type',
  [`${vm}/extensions/typeHandlerVersion`]: 'properties.typeHandlerVersion',
  [`${vm}/extensions/provisioningState`]: 'properties.provisioningState',
};

/** Fields that every resource has (`concepts/definition-structure-policy-rule#fields`). */
const plainFields = ['name', 'type', 'location', 'tags', 'identity.type'];

/** Reads a field of a body; `null` where the body lacks it. Throws for a field that Azure lacks. */
export function fieldOf(body: Json): (name: string) => unknown {
  return (name) => {
    const tag = /^tags\[(.+)\]$/.exec(name)?.[1];
    if (tag !== undefined) {
      const tags = Object.entries((body['tags'] ?? {}) as Record<string, string>);
      return tags.find(([key]) => key.toLowerCase() === tag.toLowerCase())?.[1] ?? null;
    }
    const path = plainFields.includes(name) ? name : aliases[name];
    if (path === undefined) throw new Error(`no field or alias ${name}`);
    let value: unknown = body;
    for (const part of path.split('.')) value = (value as Json | null | undefined)?.[part];
    return value ?? null;
  };
}

/** A VM as Resource Manager shows it to a policy: what is empty is not there. */
export function machineBodyOf(candidate: Candidate): Json {
  const { image, identity, computerName, extensionsAllowed } = candidate;
  const { publisher, offer, sku, id } = image;
  const reference = { publisher, offer, sku, id };
  const body = filled({
    name: candidate.name,
    type: vm,
    location: candidate.location,
    identity: identityOf(identity),
    plan: { publisher: candidate.planPublisher },
    properties: {
      hardwareProfile: { vmSize: candidate.vmSize },
      osProfile: {
        computerName,
        ...(extensionsAllowed === null ? {} : { allowExtensionOperations: extensionsAllowed }),
      },
      storageProfile: { osDisk: { osType: candidate.osType }, imageReference: reference },
      virtualMachineScaleSet: { id: candidate.scaleSetId },
    },
  });
  // A tag without a value is a tag.
  return { ...body, tags: candidate.tags };
}

function identityOf({ system, userAssigned }: Candidate['identity']): Json {
  const types = [system && 'SystemAssigned', userAssigned.length > 0 && 'UserAssigned'];
  return { type: types.filter(Boolean).join(', ') };
}

export function extensionBodyOf({ name, ...facts }: CandidateExtension): Json {
  const { publisher, type, version, state } = facts;
  return {
    name,
    type: `${vm}/extensions`,
    properties: { publisher, type, typeHandlerVersion: version, provisioningState: state },
  };
}

/** A copy without empty texts, and without objects in which nothing is left. */
function filled(json: Json): Json {
  const kept = Object.entries(json)
    .map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? filled(value as Json) : value,
    ])
    .filter(([, value]) => value !== '' && !(typeof value === 'object' && isBare(value)));
  return Object.fromEntries(kept) as Json;
}

function isBare(value: unknown): boolean {
  return value === null || Object.keys(value as Json).length === 0;
}

/** What a policy sees around a VM. `parameters`: of the assignment, with the defaults filled in. */
export function surroundingsOf(candidate: Candidate, parameters: Json): Surroundings {
  const { managedBy } = candidate;
  return {
    field: fieldOf(machineBodyOf(candidate)),
    parameters,
    resourceGroup: {
      name: parseArmId(candidate.vmId)?.resourceGroup ?? '',
      ...(managedBy === '' ? {} : { managedBy }),
    },
    // Existing resources are always evaluated by the newest version.
    requestContext: { apiVersion: '2024-07-01' },
    current: {},
  };
}
