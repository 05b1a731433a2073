import { isGuid } from '../domain/armId';
import { badId, rebuilt } from './ids';
import { managementGroupOf } from './managementGroup';

type Within = { readonly subscriptions?: string[]; readonly managementGroups?: string[] };

/**
 * Every VM at or under some scopes, with its extensions and its ways to the Internet: three joins,
 * which is what Resource Graph allows. In the order of the machines' own GUIDs, which is none: each
 * page has some of every subscription then, and none of them waits for the pages of the others.
 * Scopes are rebuilt from parts whose grammar has no quote. An empty list asks for everything that
 * may be read. Throws `Fault` for a malformed scope, and where management groups stand beside other
 * scopes, which one request cannot ask for.
 */
export function candidatesQuery(scopes: readonly string[]): {
  readonly query: string;
  readonly within: Within;
} {
  const read = scopes.map((scope) => ({ scope, ...rebuilt(scope) }));
  const groups = read.flatMap(({ parsed }) => managementGroupOf(parsed) ?? []);
  if (groups.length > 0 && groups.length < read.length) throw badId('scopes of one kind');
  const narrow = read.flatMap(({ parsed, text }) =>
    parsed.resourceGroup === '' ? [] : [`id =~ '${text}' or id startswith '${text}/'`],
  );
  const whole = read.flatMap(({ parsed }) =>
    parsed.resourceGroup === '' && parsed.subscriptionId !== ''
      ? [`id startswith '/subscriptions/${parsed.subscriptionId}/'`]
      : [],
  );
  const under = narrow.length === 0 ? '' : `| where ${[...whole, ...narrow].join(' or ')}\n`;
  const subscriptions = [...new Set(read.map(({ parsed }) => parsed.subscriptionId))];
  return {
    query: head + under + tail,
    within:
      groups.length > 0 ? { managementGroups: groups } : read.length === 0 ? {} : { subscriptions },
  };
}

const head = `// postern:candidates v1
resources
| where type =~ 'microsoft.compute/virtualmachines'
`;

const tail = `| extend vmKey = tolower(id), agent = properties.extended.instanceView,
    image = properties.storageProfile.imageReference
| join kind=leftouter (
  resources
  | where type =~ 'microsoft.compute/virtualmachines/extensions'
  | extend vmKey = tolower(substring(id, 0, indexof(tolower(id), '/extensions/')))
  | summarize extensions = make_list(pack('name', name,
      'publisher', tostring(properties.publisher), 'type', tostring(properties.type),
      'version', tostring(properties.typeHandlerVersion),
      'state', tostring(properties.provisioningState))) by vmKey
) on vmKey
| join kind=leftouter (
  resources
  | where type =~ 'microsoft.network/networkinterfaces' and isnotempty(properties.virtualMachine.id)
  | mv-expand ipc = properties.ipConfigurations
  | project vmKey = tolower(tostring(properties.virtualMachine.id)),
      subnetId = tolower(tostring(ipc.properties.subnet.id)),
      publicIpId = tostring(ipc.properties.publicIPAddress.id),
      loadBalanced = isnotempty(ipc.properties.loadBalancerBackendAddressPools)
  | join kind=leftouter (
    resources
    | where type =~ 'microsoft.network/virtualnetworks'
    | mv-expand subnet = properties.subnets
    | project subnetId = tolower(tostring(subnet.id)),
        natGatewayId = tostring(subnet.properties.natGateway.id),
        routeTableId = tostring(subnet.properties.routeTable.id),
        defaultOutbound = tobool(subnet.properties.defaultOutboundAccess)
  ) on subnetId
  | summarize ways = make_list(pack('publicIpId', publicIpId, 'loadBalanced', loadBalanced,
      'natGatewayId', natGatewayId, 'routeTableId', routeTableId,
      'defaultOutbound', defaultOutbound)) by vmKey
) on vmKey
| project id, name, subscriptionId, resourceGroup, location, tags,
    vmGuid = tostring(properties.vmId),
    osType = tostring(properties.storageProfile.osDisk.osType),
    osName = tostring(agent.osName), osVersion = tostring(agent.osVersion),
    powerState = tostring(agent.powerState.code),
    profileName = tostring(properties.osProfile.computerName),
    agentName = tostring(agent.computerName),
    vmSize = tostring(properties.hardwareProfile.vmSize),
    extensionsAllowed = tobool(properties.osProfile.allowExtensionOperations),
    identityType = tostring(identity.type), userAssigned = identity.userAssignedIdentities,
    publisher = tostring(image.publisher), offer = tostring(image.offer),
    imageSku = tostring(image.sku), imageId = tostring(image.id),
    planPublisher = tostring(plan.publisher), managedBy,
    scaleSetId = tostring(properties.virtualMachineScaleSet.id), extensions, ways
| order by vmGuid asc, id asc`;

const loginTypes = "'AADLoginForWindows', 'AADSSHLoginForLinux'";

/** The login extensions of some subscriptions. */
export function loginExtensionsQuery(subscriptionIds: readonly string[]): string {
  if (!subscriptionIds.every(isGuid)) throw badId('a subscription id');
  const ids = subscriptionIds.map((id) => `'${id.toLowerCase()}'`).join(', ');
  return `// postern:loginExtensions v1
resources
| where type =~ 'microsoft.compute/virtualmachines/extensions'
| where properties.publisher =~ 'Microsoft.Azure.ActiveDirectory'
    and tostring(properties.type) in~ (${loginTypes})
| where subscriptionId in~ (${ids})
| project id, vmId = substring(id, 0, indexof(tolower(id), '/extensions/')), name,
    type = tostring(properties.type), version = tostring(properties.typeHandlerVersion),
    state = tostring(properties.provisioningState)
| order by id asc`;
}

/**
 * Host names that more than one VM with Windows has: a device of a name exists once in Entra ID.
 */
export const duplicateNamesQuery = `// postern:duplicateNames v1
resources
| where type =~ 'microsoft.compute/virtualmachines'
| where properties.storageProfile.osDisk.osType =~ 'Windows'
| extend name = tolower(coalesce(tostring(properties.osProfile.computerName),
    tostring(properties.extended.instanceView.computerName)))
| where isnotempty(name)
| summarize machines = count(), id = min(id) by name
| where machines > 1
| project id, name, machines
| order by id asc`;

/**
 * Assignments that deploy one of the extensions, whatever they are called: of a definition, or of
 * an initiative that holds one. By what is deployed: the effect itself may stand in a parameter. (A
 * list is expanded to 128 rows unless the query says more.) One of a management group stands once
 * for each subscription below that: the id of a VM does not tell what is above its subscription.
 * To be asked with what is inherited: whoever has no role up there is not shown those otherwise.
 */
export const installingPoliciesQuery = `// postern:installingPolicies v1
policyresources
| where type =~ 'microsoft.authorization/policyassignments'
| where properties.enforcementMode !~ 'DoNotEnforce'
| extend assignedId = tolower(tostring(properties.policyDefinitionId))
| join kind=leftouter (
  policyresources
  | where type =~ 'microsoft.authorization/policysetdefinitions'
  | mv-expand member = properties.policyDefinitions limit 2000
  | project assignedId = tolower(id), memberId = tolower(tostring(member.policyDefinitionId))
) on assignedId
| extend definitionId = iff(isempty(memberId), assignedId, memberId)
| join kind=inner (
  policyresources
  | where type =~ 'microsoft.authorization/policydefinitions'
  | extend deployed = tostring(properties.policyRule.then.details.deployment)
  | where deployed has_any (${loginTypes})
  | project definitionId = tolower(id),
      type = iff(deployed has 'AADLoginForWindows', 'AADLoginForWindows', 'AADSSHLoginForLinux')
) on definitionId
| extend placeId = tolower(tostring(properties.scope))
| join kind=leftouter (
  resourcecontainers
  | where type =~ 'microsoft.resources/subscriptions'
  | mv-expand above = properties.managementGroupAncestorsChain limit 2000
  | project belowId = tolower(id), placeId = strcat(
      '/providers/microsoft.management/managementgroups/', tolower(tostring(above.name)))
) on placeId
| project id, scope = iff(isempty(belowId), placeId, belowId),
    notScopes = properties.notScopes, type
| order by id asc`;
