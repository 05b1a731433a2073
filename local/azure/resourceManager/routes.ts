import type { Handler, Route, RouteTable } from './call';
import { getInstanceView, getVm, listVms } from './computeRoutes';
import {
  deleteExtension,
  getExtension,
  listExtensions,
  patchExtension,
  putExtension,
} from './extensionRoutes';
import { getProvider, listProviders, listResources, providerNames } from './inventoryRoutes';
import { getNic, getSubnet, getVnet, listNics, listSubnets, listVnets } from './networkRoutes';
import { deleteNsg, getNsg, listNsgs, patchNsg, putNsg } from './nsgRoutes';
import { pollMachineOperation } from './machineOperations';
import { pollOperation, pollOperationResult } from './operations';
import {
  deleteRule,
  getDefaultRule,
  getRule,
  listDefaultRules,
  listRules,
  putRule,
} from './ruleRoutes';
import {
  getGroup,
  getManagementGroup,
  getSubscription,
  listGroups,
  listManagementGroupSubscriptions,
  listSubscriptions,
  listTenants,
} from './subscriptionRoutes';
import { patchVm } from './vmPatch';

const inSubscription = 'subscriptions/{}';
const inGroup = 'subscriptions/{}/resourcegroups/{}';
const network = 'providers/microsoft.network';
const nsg = `${inGroup}/${network}/networksecuritygroups/{}`;
const vnet = `${inGroup}/${network}/virtualnetworks/{}`;
const vm = `${inGroup}/providers/microsoft.compute/virtualmachines/{}`;
const managementGroup = 'providers/microsoft.management/managementgroups/{}';
const locations = `${inSubscription}/${network}/locations/{}`;

const reads = (handler: Handler, ...alsoInAzure: string[]): Route => ({
  methods: { GET: handler },
  alsoInAzure,
});

/** Every path that is imitated, in lower case, names replaced by `{}`. */
export const routes: RouteTable = new Map<string, Route>([
  ['tenants', reads(listTenants)],
  ['subscriptions', reads(listSubscriptions)],
  [inSubscription, reads(getSubscription)],
  ['subscriptions/{}/resourcegroups', reads(listGroups)],
  [`${inSubscription}/resources`, reads(listResources)],
  [`${inGroup}/resources`, reads(listResources)],
  [`${inSubscription}/providers`, reads(listProviders)],
  ...providerNames.map((name): [string, Route] => [
    `${inSubscription}/providers/${name}`,
    reads(getProvider),
  ]),
  [inGroup, reads(getGroup, 'PUT', 'PATCH', 'DELETE', 'HEAD')],
  [managementGroup, reads(getManagementGroup, 'PUT', 'PATCH', 'DELETE')],
  [`${managementGroup}/subscriptions`, reads(listManagementGroupSubscriptions)],
  [`${inSubscription}/${network}/networksecuritygroups`, reads(listNsgs)],
  [`${inGroup}/${network}/networksecuritygroups`, reads(listNsgs)],
  [nsg, { methods: { GET: getNsg, PUT: putNsg, PATCH: patchNsg, DELETE: deleteNsg } }],
  [`${nsg}/securityrules`, reads(listRules)],
  [`${nsg}/securityrules/{}`, { methods: { GET: getRule, PUT: putRule, DELETE: deleteRule } }],
  [`${nsg}/defaultsecurityrules`, reads(listDefaultRules)],
  [`${nsg}/defaultsecurityrules/{}`, reads(getDefaultRule)],
  [`${locations}/operations/{}`, reads(pollOperation)],
  [`${locations}/operationresults/{}`, reads(pollOperationResult)],
  [`${inSubscription}/${network}/networkinterfaces`, reads(listNics)],
  [`${inGroup}/${network}/networkinterfaces`, reads(listNics)],
  [`${inGroup}/${network}/networkinterfaces/{}`, reads(getNic, 'PUT', 'PATCH', 'DELETE')],
  [`${inSubscription}/${network}/virtualnetworks`, reads(listVnets)],
  [`${inGroup}/${network}/virtualnetworks`, reads(listVnets)],
  [vnet, reads(getVnet, 'PUT', 'PATCH', 'DELETE')],
  [`${vnet}/subnets`, reads(listSubnets)],
  [`${vnet}/subnets/{}`, reads(getSubnet, 'PUT', 'DELETE')],
  [`${inSubscription}/providers/microsoft.compute/virtualmachines`, reads(listVms)],
  [`${inGroup}/providers/microsoft.compute/virtualmachines`, reads(listVms)],
  [vm, { methods: { GET: getVm, PATCH: patchVm }, alsoInAzure: ['PUT', 'DELETE'] }],
  [`${vm}/instanceview`, reads(getInstanceView)],
  [`${vm}/extensions`, reads(listExtensions)],
  [
    `${vm}/extensions/{}`,
    {
      methods: {
        GET: getExtension,
        PUT: putExtension,
        PATCH: patchExtension,
        DELETE: deleteExtension,
      },
    },
  ],
  [
    `${inSubscription}/providers/microsoft.compute/locations/{}/operations/{}`,
    reads(pollMachineOperation),
  ],
]);
