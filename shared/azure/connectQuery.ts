import * as z from 'zod';
import type { BastionFacts, ConnectFacts, MachineFacts } from '../domain/connect/facts';
import type { Inventory } from '../ports/inventory';
import { rebuilt } from './ids';
import { checkedAs } from './readAs';
import type { RunQuery } from './resourceGraph';
import { wireList, wireText } from './wireMachine';

const doing = 'asking how to connect';
/** A query's text is limited; a window has fewer machines than this. */
const machinesPerQuery = 100;
/** Machines and what belongs to them come first, so that what is cut are Bastions of other places. */
const rowsMax = 5_000;

const vmType = 'microsoft.compute/virtualmachines';
const extensionType = `${vmType}/extensions`;
const nicType = 'microsoft.network/networkinterfaces';
const vnetType = 'microsoft.network/virtualnetworks';
const bastionType = 'microsoft.network/bastionhosts';

/** Machines with their extensions and interfaces, and every Bastion that we may read: one query. */
export function createConnectQuery(runQuery: RunQuery): Pick<Inventory, 'readConnectFacts'> {
  return {
    readConnectFacts: async (vmIds) => {
      const rows: Row[] = [];
      for (let from = 0; from < vmIds.length; from += machinesPerQuery) {
        const query = connectQuery(vmIds.slice(from, from + machinesPerQuery));
        rows.push(...checkedAs(rowsForm, await runQuery(query, {}, rowsMax), doing));
      }
      return factsOf(rows);
    },
  };
}

/**
 * Ids are rebuilt from parts whose grammar has no quote. What a machine runs stands in
 * `properties.extended.instanceView` in this index alone
 * (learn.microsoft.com/azure/virtual-machines/resource-graph-samples).
 */
function connectQuery(vmIds: readonly string[]): string {
  const ids = vmIds.map((id) => `'${rebuilt(id).text}'`).join(', ');
  return `// postern:connect v1
resources
| extend what = tolower(type)
| where what in ('${vmType}', '${extensionType}', '${nicType}', '${vnetType}', '${bastionType}')
| extend ofVm = case(what == '${extensionType}', substring(id, 0, indexof(tolower(id), '/extensions/')),
    what == '${nicType}', tostring(properties.virtualMachine.id), id)
| extend isOurs = ofVm in~ (${ids})
| where isOurs or what == '${bastionType}'
    or (what == '${vnetType}' and tostring(properties.subnets) has 'AzureBastionSubnet')
| extend agent = properties.extended.instanceView, image = properties.storageProfile.imageReference
| project id, what, isOurs, ofVm, subscriptionId, resourceGroup,
    vmGuid = tostring(properties.vmId),
    powerState = tostring(agent.powerState.code),
    osType = tostring(properties.storageProfile.osDisk.osType),
    osName = tostring(agent.osName), osVersion = tostring(agent.osVersion),
    profileName = tostring(properties.osProfile.computerName),
    agentName = tostring(agent.computerName),
    publisher = coalesce(tostring(image.publisher), tostring(properties.publisher)),
    offer = tostring(image.offer), imageSku = tostring(image.sku),
    extensionType = tostring(properties.type),
    state = tostring(properties.provisioningState),
    sku = tostring(sku.name), tunneling = tobool(properties.enableTunneling),
    ipConfigurations = properties.ipConfigurations, vnetId = tostring(properties.virtualNetwork.id),
    subnets = properties.subnets, peerings = properties.virtualNetworkPeerings
| order by isOurs desc, id asc`;
}

const reference = z
  .object({ id: wireText })
  .nullish()
  .transform((value) => value?.id ?? '');

const rowsForm = z.array(
  z.object({
    id: z.string().min(1),
    what: z.string().min(1),
    ofVm: wireText,
    vmGuid: wireText,
    powerState: wireText,
    osType: wireText,
    osName: wireText,
    osVersion: wireText,
    profileName: wireText,
    agentName: wireText,
    publisher: wireText,
    offer: wireText,
    imageSku: wireText,
    extensionType: wireText,
    state: wireText,
    sku: wireText,
    // Resource Graph gives booleans as such, as numbers or as null.
    tunneling: z.union([z.boolean(), z.number()]).nullish().transform(Boolean),
    ipConfigurations: wireList(
      z.object({ properties: z.object({ subnet: reference, privateIPAddress: wireText }) }),
    ),
    vnetId: wireText,
    subnets: wireList(
      z.object({
        name: wireText,
        properties: z.object({ addressPrefix: wireText, addressPrefixes: wireList(z.string()) }),
      }),
    ),
    peerings: wireList(
      z.object({
        properties: z.object({ peeringState: wireText, remoteVirtualNetwork: reference }),
      }),
    ),
  }),
);

type Row = z.infer<typeof rowsForm>[number];

function factsOf(rows: readonly Row[]): ConnectFacts {
  const of = (what: string) => rows.filter((row) => row.what === what);
  const belonging = (what: string, vmId: string) =>
    of(what).filter((row) => row.ofVm.toLowerCase() === vmId.toLowerCase());
  const vnets = new Map(of(vnetType).map((row) => [row.id.toLowerCase(), row]));
  return {
    machines: of(vmType).map((vm) =>
      machineOf(vm, belonging(nicType, vm.id), belonging(extensionType, vm.id)),
    ),
    bastions: of(bastionType).map((row) => bastionOf(row, vnets)),
  };
}

function machineOf(vm: Row, nics: readonly Row[], extensions: readonly Row[]): MachineFacts {
  const configurations = nics.flatMap(({ ipConfigurations }) => ipConfigurations);
  return {
    vmId: vm.id,
    vmGuid: vm.vmGuid,
    powerState: vm.powerState,
    osType: vm.osType,
    osName: vm.osName,
    osVersion: vm.osVersion,
    computerName: vm.profileName || vm.agentName,
    image: { publisher: vm.publisher, offer: vm.offer, sku: vm.imageSku },
    addresses: known(configurations.map(({ properties }) => properties.privateIPAddress)),
    subnetIds: known(configurations.map(({ properties }) => properties.subnet)),
    extensions: extensions.map(({ publisher, extensionType: type, state }) => ({
      publisher,
      type,
      state,
    })),
  };
}

/** A Bastion of SKU Developer has no subnet, and names its network itself. */
function bastionOf(row: Row, vnets: ReadonlyMap<string, Row>): BastionFacts {
  const subnetId = row.ipConfigurations[0]?.properties.subnet ?? '';
  const cut = subnetId.toLowerCase().lastIndexOf('/subnets/');
  const vnetId = cut > 0 ? subnetId.slice(0, cut) : row.vnetId;
  const vnet = vnets.get(vnetId.toLowerCase());
  const subnets = (vnet?.subnets ?? []).filter(
    ({ name }) => name.toLowerCase() === 'azurebastionsubnet',
  );
  const peerings = (vnet?.peerings ?? []).filter(
    ({ properties }) => properties.peeringState.toLowerCase() === 'connected',
  );
  return {
    id: row.id,
    sku: row.sku,
    state: row.state,
    tunneling: row.tunneling,
    vnetId,
    peerIds: known(peerings.map(({ properties }) => properties.remoteVirtualNetwork)),
    prefixes: known(
      subnets.flatMap(({ properties }) => [
        properties.addressPrefix,
        ...properties.addressPrefixes,
      ]),
    ),
  };
}

function known(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((one) => one !== ''))];
}
