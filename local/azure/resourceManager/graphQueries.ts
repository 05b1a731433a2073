import { groupOf, isWithin, nameOf, subscriptionOf } from './armPath';
import { candidatesGraphQuery } from './candidatesGraphQuery';
import { connectGraphQuery } from './connectGraphQuery';
import type { GraphIndex, IndexedNsg, IndexedRule } from './graphIndex';
import { duplicateNamesGraphQuery } from './duplicateNamesGraphQuery';
import { listAfter, unescaped } from './graphText';
import { loginExtensionsGraphQuery } from './loginExtensionsGraphQuery';

/** A query on its way: recognised by its name, its quoted texts read. */
export type GraphQuery = {
  /** First comment: `postern:targets v1`. */
  name: string;
  text: string;
  /** Single-quoted texts in order of appearance, unescaped. */
  literals: string[];
  objectId: string;
  /** True where the request's subscriptions or management groups hold this id (lower case). */
  isAsked(id: string): boolean;
  /** True where the request wants what stands above its scopes as well, and this id does. */
  isAskedFromBelow(id: string): boolean;
  /** True where the caller may read this id (lower case) by this action. */
  mayRead(action: string, id: string): boolean;
  /** True where the caller may read something at or below this scope (lower case). */
  mayReadSomewhere(action: string, scope: string): boolean;
};

/** One row; strings that are absent are `''`, as `tostring` gives them. */
export type GraphRow = Record<string, unknown>;

/** Rows in order of `id`, made as they are asked for: of a large estate, most pages are not. */
export type GraphPages = {
  /** How many rows there are in all. */
  count(): number;
  /** Up to `top` rows after the one of this id (`''`: from the first on); `next`: there are more. */
  after(id: string, top: number): { rows: GraphRow[]; next?: string };
};

/** Computes all rows of a query, or says what is wrong with it. */
export type GraphQueryHandler = (
  query: GraphQuery,
) => GraphRow[] | GraphPages | { invalid: string };

const canRead = {
  vm: 'Microsoft.Compute/virtualMachines/read',
  nic: 'Microsoft.Network/networkInterfaces/read',
  vnet: 'Microsoft.Network/virtualNetworks/read',
  nsg: 'Microsoft.Network/networkSecurityGroups/read',
} as const;

/** The queries that are known from the start, over an index. */
export function knownQueries(index: GraphIndex): Map<string, GraphQueryHandler> {
  return new Map<string, GraphQueryHandler>([
    [
      'postern:targets v1',
      (query) => {
        const scope = scopeOf(query.text);
        if (typeof scope === 'object') return scope;
        return targets(query, index, (id) => scope === undefined || isWithin(id, scope));
      },
    ],
    [
      'postern:machines v1',
      (query) => {
        const wanted = listAfter('id', query.text);
        if (wanted === undefined) return { invalid: "no list after 'id in~'" };
        return targets(query, index, (id) => wanted.has(id));
      },
    ],
    ['postern:subscriptions v1', (query) => subscriptions(query, index)],
    [
      'postern:rules v1',
      (query) =>
        rules(query, index, ({ name, description }) => {
          // KQL's `startswith` does not look at case.
          const isOurs = name.toLowerCase().startsWith('postern-');
          return isOurs || description.toLowerCase().startsWith('postern1|');
        }),
    ],
    [
      'postern:ruleByName v1',
      (query) => {
        const wanted = /\bruleName\s*=~\s*'((?:[^'\\]|\\.)*)'/.exec(query.text)?.[1];
        if (wanted === undefined) return { invalid: "no literal after 'ruleName =~'" };
        const name = unescaped(wanted).toLowerCase();
        return rules(query, index, (rule) => rule.name.toLowerCase() === name);
      },
    ],
    ['postern:connect v1', connectGraphQuery(index)],
    ['postern:candidates v1', candidatesGraphQuery(index)],
    ['postern:loginExtensions v1', loginExtensionsGraphQuery(index)],
    ['postern:duplicateNames v1', duplicateNamesGraphQuery(index)],
  ]);
}

function common(id: string): GraphRow {
  return {
    id,
    name: nameOf(id),
    subscriptionId: subscriptionOf(id),
    // Resource Graph gives the group in lower case.
    resourceGroup: groupOf(id).toLowerCase(),
  };
}

function rules(
  query: GraphQuery,
  index: GraphIndex,
  isWanted: (rule: IndexedRule) => boolean,
): GraphRow[] {
  const rows: GraphRow[] = [];
  for (const nsg of index.nsgs.values()) {
    const wanted = [...nsg.rules.values()].filter(isWanted);
    if (wanted.length === 0 || !isVisible(query, nsg.id, canRead.nsg)) continue;
    for (const rule of wanted) rows.push(ruleRow(nsg, rule));
  }
  return sorted(rows, ['id', 'ruleName']);
}

function ruleRow(nsg: IndexedNsg, rule: IndexedRule): GraphRow {
  return {
    ...common(nsg.id),
    location: nsg.location,
    ruleName: rule.name,
    description: rule.description,
  };
}

function isVisible(query: GraphQuery, id: string, action: string): boolean {
  const lower = id.toLowerCase();
  return query.isAsked(lower) && query.mayRead(action, lower);
}

function scopeOf(text: string): string | undefined | { invalid: string } {
  const equal = /\bid\s*=~\s*'((?:[^'\\]|\\.)*)'/.exec(text)?.[1];
  const below = /\bid\s+startswith\s+'((?:[^'\\]|\\.)*)'/.exec(text)?.[1];
  if (equal === undefined && below === undefined) return undefined;
  if (equal === undefined || below !== `${equal}/`) {
    return { invalid: "the literals after 'id =~' and 'id startswith' do not fit each other" };
  }
  return unescaped(equal).toLowerCase();
}

/** Subscriptions with machines that the caller may see. */
function subscriptions(query: GraphQuery, index: GraphIndex): GraphRow[] {
  const machines = new Map<string, number>();
  for (const { id } of index.vms.values()) {
    if (!isVisible(query, id, canRead.vm)) continue;
    const subscriptionId = subscriptionOf(id);
    machines.set(subscriptionId, (machines.get(subscriptionId) ?? 0) + 1);
  }
  const rows = [...machines].map(([id, count]) => ({ id, subscriptionId: id, machines: count }));
  return sorted(rows, ['id']);
}

function targets(
  query: GraphQuery,
  index: GraphIndex,
  isWanted: (id: string) => boolean,
): GraphRow[] {
  const subnetNsgs = subnetsOf(query, index);
  const rows: GraphRow[] = [];
  for (const [id, vm] of index.vms) {
    if (!isWanted(id)) continue;
    if (!isVisible(query, vm.id, canRead.vm)) continue;
    const base: GraphRow = {
      ...common(vm.id),
      location: vm.location,
      tags: vm.tags ?? null,
      powerState: `PowerState/${vm.powerState}`,
      vmGuid: vm.vmId,
      osType: vm.osType,
      scaleSetId: vm.scaleSetId ?? '',
    };
    const nicIds = vm.networkInterfaceIds.length === 0 ? [''] : vm.networkInterfaceIds;
    for (const nicId of nicIds) {
      for (const side of nicRows(nicId.toLowerCase(), query, index, subnetNsgs)) {
        rows.push({ ...base, ...side });
      }
    }
  }
  return sorted(rows, ['id', 'nicId', 'privateIp']);
}

/** The NSG of each subnet that the caller may see, by subnet id in lower case. */
function subnetsOf(query: GraphQuery, index: GraphIndex): Map<string, string> {
  const found = new Map<string, string>();
  for (const vnet of index.vnets.values()) {
    if (!isVisible(query, vnet.id, canRead.vnet)) continue;
    for (const subnet of vnet.subnets) {
      const id = `${vnet.id}/subnets/${subnet.name}`.toLowerCase();
      found.set(id, subnet.networkSecurityGroupId ?? '');
    }
  }
  return found;
}

function nicRows(
  nicId: string,
  query: GraphQuery,
  index: GraphIndex,
  subnetNsgs: Map<string, string>,
): GraphRow[] {
  const nic = index.nics.get(nicId);
  const none = { nicId, nicNsgId: '', subnetId: '', subnetNsgId: '', privateIp: '' };
  if (nic === undefined || !isVisible(query, nic.id, canRead.nic)) return [none];
  const nicNsgId = nic.networkSecurityGroupId ?? '';
  if (nic.ipConfigurations.length === 0) return [{ ...none, nicNsgId }];
  return nic.ipConfigurations.map((item) => {
    const subnetId = item.subnetId.toLowerCase();
    return {
      nicId,
      nicNsgId,
      subnetId,
      subnetNsgId: subnetNsgs.get(subnetId) ?? '',
      privateIp: item.privateIPAddress ?? '',
    };
  });
}

function sorted(rows: GraphRow[], fields: string[]): GraphRow[] {
  return rows.sort((one, other) => {
    for (const field of fields) {
      const [left, right] = [String(one[field]), String(other[field])];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
}
