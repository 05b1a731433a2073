import type { Caller, WriteRecord } from '../contract';
import type { World } from './call';
import type { MachineActs } from './machineActs';
import { administrator, createMachineActs } from './machineActs';
import { ruleState, ruleValue } from './nsgState';
import { stamp } from './operations';
import type { NamedRule } from './securityRule';
import type { WriteLogKeeper } from './writeLog';

/** Changes by others, carried out at once and written to the log under their name. */
export type OutOfBand = MachineActs & {
  putRule(nsgId: string, rule: NamedRule, by?: Caller): void;
  deleteRule(nsgId: string, ruleName: string, by?: Caller): void;
};

/** The hand of an administrator, a portal or a Terraform run. */
export function createOutOfBand(
  world: World,
  log: WriteLogKeeper,
  ended: (record: WriteRecord) => void,
): OutOfBand {
  const change = (
    nsgId: string,
    ruleName: string,
    rule: NamedRule | undefined,
    by: Caller,
  ): void => {
    const nsg = world.store.nsgs.get(nsgId.toLowerCase());
    if (nsg === undefined) throw new Error(`The estate has no NSG ${nsgId}.`);
    const key = ruleName.toLowerCase();
    const path = `${nsg.id}/securityRules/${ruleName}`;
    const record = log.begin(by, rule === undefined ? 'DELETE' : 'PUT', path);
    record.before = ruleValue(nsg.rules.get(key));
    if (rule === undefined) {
      nsg.rules.delete(key);
      nsg.effective.delete(key);
    } else {
      nsg.rules.set(key, ruleState(nsg.id, rule));
      nsg.effective.set(key, rule);
    }
    stamp(nsg, world, nsg.provisioningState);
    world.store.changed({ kind: 'rule', id: nsg.id, rule: ruleName });
    record.after = ruleValue(rule);
    record.status = 200;
    record.effectiveAt = record.at;
    record.outcome = 'succeeded';
    log.answered(record);
    ended(record);
  };
  return {
    ...createMachineActs(world, log, ended),
    putRule: (nsgId, rule, by = administrator) => change(nsgId, rule.name, rule, by),
    deleteRule: (nsgId, ruleName, by = administrator) => change(nsgId, ruleName, undefined, by),
  };
}
