/**
 * Azure's own libraries against the local Azure, as they would be used against the real one but for
 * two addresses. Run it with NODE_EXTRA_CA_CERTS=.local/tls/ca.pem; the first argument is the
 * address of the local Azure where it is not the usual one.
 */
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ComputeManagementClient } from '@azure/arm-compute';
import { NetworkManagementClient } from '@azure/arm-network';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { ClientSecretCredential } from '@azure/identity';

const endpoint = process.argv[2] ?? 'https://localhost:10143';
const subscription = '11111111-1111-4111-8111-111111111111';
const scope = `subscriptions/${subscription}/resourceGroups/rg-app`;

const credential = new ClientSecretCredential(
  '22222222-2222-4222-8222-222222222222',
  'aaaaaaaa-0000-4000-8000-000000000003',
  'local-azure',
  { authorityHost: endpoint, disableInstanceDiscovery: true },
);
const network = new NetworkManagementClient(credential, subscription, { endpoint });
const compute = new ComputeManagementClient(credential, subscription, { endpoint });
const authorization = new AuthorizationManagementClient(credential, subscription, { endpoint });
// This library is of an older kind: it signs by itself and calls the endpoint `baseUri`.
const graph = new ResourceGraphClient(credential, { baseUri: endpoint });

async function namesOf(list) {
  const names = [];
  for await (const { name } of list) names.push(name);
  return names;
}

const vm = await compute.virtualMachines.get('rg-app', 'vm-app-01', { expand: 'instanceView' });
const activations = [];
for await (const one of authorization.roleAssignmentScheduleInstances.listForScope(scope)) {
  activations.push({ who: one.expandedProperties?.principal?.displayName, end: one.endDateTime });
}
// The local Resource Graph reads no KQL: it knows the app's own queries by their first line.
const answer = await graph.resources({
  query: '// postern:targets v1',
  subscriptions: [subscription],
  options: { resultFormat: 'objectArray' },
});

const seen = {
  networkSecurityGroups: await namesOf(network.networkSecurityGroups.listAll()),
  vm: { name: vm.name, power: vm.instanceView?.statuses?.at(-1)?.code },
  activations,
  targets: answer.data,
};
process.stdout.write(`${JSON.stringify(seen, null, 2)}\n`);
