import type { ArmResponse } from '../contract';
import { networkSecurityGroupLimits } from '../../limits';
import type { Call, Handler, OperationEnd, World } from './call';
import { refuseStaleEtag, refuseWhileBusy } from './concurrency';
import { answerText, empty, gatewayError, serviceError } from './http';
import type { NsgState, RuleState } from './nsgState';
import { ruleState, ruleText, ruleValue, touch } from './nsgState';
import type { NsgChange } from './operations';
import { beginOperation, deleteAccepted, putHeaders } from './operations';
import { readRule, refuseName } from './ruleBody';
import type { SecurityRuleProperties } from './securityRule';

/** The NSG that a path names, or `undefined`. */
export function nsgOf(call: Call, world: World): NsgState | undefined {
  const { lower } = call.route;
  const at = lower.indexOf('/networksecuritygroups/') + '/networksecuritygroups/'.length;
  const end = lower.indexOf('/', at);
  return world.store.nsgs.get(end < 0 ? lower : lower.slice(0, end));
}

/** 404 of a missing rule, in the Network provider's form. */
function ruleNotFound(call: Call): ArmResponse {
  return serviceError(404, 'NotFound', `Resource ${call.path} not found.`);
}

/** 404 of a rule's missing NSG. */
function parentNotFound(call: Call): ArmResponse {
  const name = call.route.names[2] ?? '';
  return gatewayError(
    404,
    'ParentResourceNotFound',
    `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`,
  );
}

const byEtag = (nsg: NsgState): Record<string, string> => ({ etag: `W/"${nsg.etag}"` });

/** GET of all rules of an NSG. */
export const listRules: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return parentNotFound(call);
  const texts = [...nsg.rules.values()].map((rule) => ruleText(nsg, rule));
  return answerText(200, `{"value":[${texts.join(',')}]}`);
};

/** GET of one rule. */
export const getRule: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return parentNotFound(call);
  const rule = nsg.rules.get(call.route.names.at(-1)?.toLowerCase() ?? '');
  if (rule === undefined) return ruleNotFound(call);
  return answerText(200, ruleText(nsg, rule), byEtag(nsg));
};

/** GET of the six default rules. */
export const listDefaultRules: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return parentNotFound(call);
  const texts = nsg.defaults.map((rule) => ruleText(nsg, rule));
  return answerText(200, `{"value":[${texts.join(',')}]}`);
};

/** GET of one default rule. */
export const getDefaultRule: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return parentNotFound(call);
  const name = call.route.names.at(-1)?.toLowerCase();
  const rule = nsg.defaults.find((item) => item.name.toLowerCase() === name);
  if (rule === undefined) return ruleNotFound(call);
  return answerText(200, ruleText(nsg, rule), byEtag(nsg));
};

/** PUT of one rule: 201 or 200 with an operation, which shows its goal at once. */
export const putRule: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return parentNotFound(call);
  const name = call.route.names.at(-1) ?? '';
  const badName = refuseName(name);
  if (badName !== undefined) return serviceError(400, badName.code, badName.message);
  const read = readRule(call.json, `${nsg.id}/securityRules/${name}`);
  if ('refusal' in read) return serviceError(400, read.refusal.code, read.refusal.message);
  const stale = refuseStaleEtag(call, nsg);
  const busy = stale ?? refuseWhileBusy(call, world, nsg, 'PutSecurityRuleOperation');
  if (busy !== undefined) return busy;
  const before = nsg.rules.get(name.toLowerCase());
  if (call.record !== undefined) call.record.before = ruleValue(before);
  if (before === undefined && nsg.rules.size >= networkSecurityGroupLimits.rules) {
    return countLimit();
  }
  const clash = conflictOf(nsg, name, read.properties);
  if (clash !== undefined && chosenConflict(world) === 'atOnce') {
    return serviceError(400, clash.code, clash.message);
  }
  const rule = ruleState(nsg.id, { name: before?.name ?? name, properties: read.properties });
  const end: OperationEnd | undefined =
    clash === undefined ? call.operationEnd : { status: 'Failed', error: clash };
  const change = putChange(nsg, rule, before, world);
  const operation = beginOperation(call, world, nsg, 'PutSecurityRuleOperation', change, end);
  const headers = putHeaders(call, operation, world);
  return answerText(before === undefined ? 201 : 200, ruleText(nsg, rule), headers);
};

/** Refusal of the 1,001st rule. Text: Azure/azure-rest-api-specs#3003. */
export function countLimit(): ArmResponse {
  return serviceError(
    400,
    'SecurityRuleCountLimitReached',
    `A security group cannot have more than ${networkSecurityGroupLimits.rules} security rules.`,
  );
}

function chosenConflict({ settings, chance }: World): 'atOnce' | 'asynchronous' {
  return typeof settings.conflicts === 'function' ? settings.conflicts(chance) : settings.conflicts;
}

/** The clash of a rule with another of the same priority and direction. */
function conflictOf(
  nsg: NsgState,
  name: string,
  properties: SecurityRuleProperties,
): { code: string; message: string } | undefined {
  for (const other of nsg.rules.values()) {
    if (other.properties.priority !== properties.priority) continue;
    if (other.properties.direction !== properties.direction) continue;
    if (other.name.toLowerCase() === name.toLowerCase()) continue;
    return conflictBetween(name, other.name);
  }
  return undefined;
}

/** Text: hashicorp/terraform-provider-azurerm#11137. */
export function conflictBetween(one: string, other: string): { code: string; message: string } {
  return {
    code: 'SecurityRuleConflict',
    message:
      `Security rule ${one} conflicts with rule ${other}. Rules cannot have the same Priority ` +
      'and Direction. To learn more, see aka.ms/nsgrules.',
  };
}

function putChange(
  nsg: NsgState,
  rule: RuleState,
  before: RuleState | undefined,
  world: World,
): NsgChange {
  const key = rule.name.toLowerCase();
  return {
    show: () => nsg.rules.set(key, rule),
    takeBack: () => {
      if (before === undefined) nsg.rules.delete(key);
      else nsg.rules.set(key, before);
      touch(nsg);
    },
    finish: () => world.store.changed({ kind: 'rule', id: nsg.id, rule: rule.name }),
    takeEffect: () => nsg.effective.set(key, rule),
    valueNow: () => ruleValue(nsg.rules.get(key)),
  };
}

/** DELETE of one rule: 202 with an operation, 204 where it is not there. */
export const deleteRule: Handler = (call, world) => {
  const nsg = nsgOf(call, world);
  if (nsg === undefined) return parentNotFound(call);
  const key = call.route.names.at(-1)?.toLowerCase() ?? '';
  const rule = nsg.rules.get(key);
  if (rule === undefined) return empty(204);
  const stale = refuseStaleEtag(call, nsg);
  const busy = stale ?? refuseWhileBusy(call, world, nsg, 'DeleteSecurityRuleOperation');
  if (busy !== undefined) return busy;
  if (call.record !== undefined) call.record.before = ruleValue(rule);
  const change: NsgChange = {
    show: () => {
      rule.leaving = true;
    },
    takeBack: () => {
      rule.leaving = false;
      touch(nsg);
    },
    finish: () => {
      nsg.rules.delete(key);
      world.store.changed({ kind: 'rule', id: nsg.id, rule: rule.name });
    },
    takeEffect: () => nsg.effective.delete(key),
    valueNow: () => ruleValue(nsg.rules.get(key)),
  };
  const operation = beginOperation(call, world, nsg, 'DeleteSecurityRuleOperation', change);
  return deleteAccepted(call, operation, world);
};
