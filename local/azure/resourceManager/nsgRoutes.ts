import type { ArmResponse } from '../contract';
import { networkSecurityGroupLimits } from '../../limits';
import { guidOf } from '../../estate';
import type { Handler, World } from './call';
import { refuseStaleEtag, refuseWhileBusy } from './concurrency';
import { answerText, empty, gatewayError, isRecord, serviceError } from './http';
import { listText, notFound } from './lists';
import type { NsgState, RuleState } from './nsgState';
import { nsgFromSeed, nsgText, nsgValue, ruleState, touch } from './nsgState';
import type { NsgChange } from './operations';
import { beginOperation, deleteAccepted, putHeaders, stamp } from './operations';
import { readRule, refuseName } from './ruleBody';
import { conflictBetween, countLimit, nsgOf } from './ruleRoutes';
import { readTags } from './tags';

const printed = (nsg: NsgState, world: World): string =>
  nsgText(nsg, world.store.attachments(nsg.id.toLowerCase()));

/** GET of one NSG. */
export const getNsg: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return notFound(call, world);
  return answerText(200, printed(nsg, world), { etag: `W/"${nsg.etag}"` });
};

/** GET of the NSGs of a subscription or a resource group. */
export const listNsgs: Handler = (call, world) =>
  listText(call, world, world.store.nsgs, 'Microsoft.Network/networkSecurityGroups/read', (nsg) =>
    printed(nsg, world),
  );

/** PATCH: tags only, at once. */
export const patchNsg: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return notFound(call, world);
  const tags = readTags(call.json);
  if (tags === 'unreadable') return unreadable();
  const refused =
    refuseStaleEtag(call, nsg) ??
    refuseWhileBusy(call, world, nsg, 'PutNetworkSecurityGroupOperation');
  if (refused !== undefined) return refused;
  const { record } = call;
  if (record !== undefined) record.before = nsgValue(nsg);
  nsg.tags = tags ?? {};
  stamp(nsg, world, 'Succeeded');
  world.store.changed({ kind: 'nsg', id: nsg.id });
  if (record !== undefined) {
    record.after = nsgValue(nsg);
    record.effectiveAt = new Date().toISOString();
    record.outcome = 'succeeded';
  }
  return answerText(200, printed(nsg, world), { etag: `W/"${nsg.etag}"` });
};

function unreadable(): ArmResponse {
  return serviceError(400, 'InvalidRequestFormat', 'Cannot parse the request.');
}

/** What an NSG PUT asks for. */
type WantedNsg = {
  location: string;
  tags?: Record<string, string>;
  flushConnection?: boolean;
  rules: Map<string, RuleState>;
};

/** PUT of a whole NSG: every rule that is not in the body goes. */
export const putNsg: Handler = (call, world) => {
  const { subscriptionId = '', resourceGroup = '' } = call.route;
  if (!world.store.hasGroup(subscriptionId, resourceGroup)) return notFound(call, world);
  const known = nsgOf(call, world);
  const id = known?.id ?? call.path;
  const wanted = readNsg(call.json, id);
  if ('status' in wanted) return wanted;
  if (known !== undefined && known.location !== wanted.location) {
    return gatewayError(
      409,
      'InvalidResourceLocation',
      `The resource '${known.name}' already exists in location '${known.location}' in resource ` +
        `group '${resourceGroup}'. A resource with the same name cannot be created in location ` +
        `'${wanted.location}'. Please select a new resource name.`,
    );
  }
  const refused =
    known === undefined
      ? undefined
      : (refuseStaleEtag(call, known) ??
        refuseWhileBusy(call, world, known, 'PutNetworkSecurityGroupOperation'));
  if (refused !== undefined) return refused;
  if (call.record !== undefined) call.record.before = nsgValue(known);
  const nsg = known ?? nsgFromSeed({ id, location: wanted.location, rules: [] }, guidOf(id));
  const change = replaceChange(nsg, wanted, known === undefined, world);
  const kind = 'PutNetworkSecurityGroupOperation';
  const operation = beginOperation(call, world, nsg, kind, change);
  return answerText(known === undefined ? 201 : 200, printed(nsg, world), {
    ...putHeaders(call, operation, world),
    'azure-asyncnotification': 'Enabled',
  });
};

function readNsg(json: unknown, id: string): WantedNsg | ArmResponse {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const badName = refuseName(name);
  if (badName !== undefined) return serviceError(400, badName.code, badName.message);
  const tags = readTags(json);
  if (!isRecord(json) || tags === 'unreadable') return unreadable();
  const location = json['location'];
  if (typeof location !== 'string' || location === '') {
    return gatewayError(
      400,
      'LocationRequired',
      'The location property is required for this definition.',
    );
  }
  const properties = json['properties'] ?? {};
  if (!isRecord(properties)) return unreadable();
  const rules = readRules(properties['securityRules'] ?? [], id);
  if (!(rules instanceof Map)) return rules;
  const flush = properties['flushConnection'];
  return {
    location,
    ...(tags === undefined ? {} : { tags }),
    ...(typeof flush === 'boolean' ? { flushConnection: flush } : {}),
    rules,
  };
}

function readRules(list: unknown, nsgId: string): Map<string, RuleState> | ArmResponse {
  if (!Array.isArray(list)) return unreadable();
  if (list.length > networkSecurityGroupLimits.rules) return countLimit();
  const rules = new Map<string, RuleState>();
  const taken = new Map<string, string>();
  for (const item of list as unknown[]) {
    const name = isRecord(item) ? item['name'] : undefined;
    if (typeof name !== 'string' || rules.has(name.toLowerCase())) return unreadable();
    const badName = refuseName(name);
    if (badName !== undefined) return serviceError(400, badName.code, badName.message);
    const read = readRule(item, `${nsgId}/securityRules/${name}`);
    if ('refusal' in read) return serviceError(400, read.refusal.code, read.refusal.message);
    const place = `${read.properties.direction} ${read.properties.priority}`;
    const other = taken.get(place);
    if (other !== undefined) {
      const clash = conflictBetween(other, name);
      return serviceError(400, clash.code, clash.message);
    }
    taken.set(place, name);
    rules.set(name.toLowerCase(), ruleState(nsgId, { name, properties: read.properties }));
  }
  return rules;
}

function replaceChange(nsg: NsgState, wanted: WantedNsg, isNew: boolean, world: World): NsgChange {
  const key = nsg.id.toLowerCase();
  const { rules, tags, flushConnection } = nsg;
  const set = (content: Pick<WantedNsg, 'rules' | 'tags' | 'flushConnection'>): void => {
    nsg.rules = content.rules;
    delete nsg.tags;
    delete nsg.flushConnection;
    if (content.tags !== undefined) nsg.tags = content.tags;
    if (content.flushConnection !== undefined) nsg.flushConnection = content.flushConnection;
    touch(nsg);
  };
  return {
    show: () => {
      world.store.nsgs.set(key, nsg);
      set(wanted);
    },
    takeBack: () => {
      if (isNew) world.store.nsgs.delete(key);
      set({
        rules,
        ...(tags === undefined ? {} : { tags }),
        ...(flushConnection === undefined ? {} : { flushConnection }),
      });
    },
    finish: () => world.store.changed({ kind: 'nsg', id: nsg.id }),
    takeEffect: () => {
      nsg.effective = new Map(wanted.rules);
    },
    valueNow: () => nsgValue(world.store.nsgs.get(key)),
  };
}

/** DELETE of an NSG: refused while it is attached. Text: Azure/azure-powershell#1550. */
export const deleteNsg: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return empty(204);
  const key = nsg.id.toLowerCase();
  const { networkInterfaces, subnets } = world.store.attachments(key);
  const users = [...networkInterfaces, ...subnets];
  if (users.length > 0) {
    return serviceError(
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
      `Network security group ${nsg.id} cannot be deleted because it is in use by the following ` +
        `resources: ${users.join(', ')}.`,
    );
  }
  const kind = 'DeleteNetworkSecurityGroupOperation';
  const busy = refuseStaleEtag(call, nsg) ?? refuseWhileBusy(call, world, nsg, kind);
  if (busy !== undefined) return busy;
  if (call.record !== undefined) call.record.before = nsgValue(nsg);
  const change: NsgChange = {
    show: () => undefined,
    takeBack: () => undefined,
    finish: () => {
      world.store.nsgs.delete(key);
      world.store.changed({ kind: 'nsg', id: nsg.id });
    },
    takeEffect: () => nsg.effective.clear(),
    valueNow: () => nsgValue(world.store.nsgs.get(key)),
  };
  return deleteAccepted(call, beginOperation(call, world, nsg, kind, change), world);
};
