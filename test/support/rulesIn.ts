import type { LocalAzure } from '../../local/localAzure';

/** Names of the rules that are effective in an NSG now, by the NSG's own name. */
export function rulesIn(azure: LocalAzure, nsgName: string): string[] {
  const { estate } = azure.resourceManager;
  const group = estate.networkSecurityGroups().find(({ id }) => id.endsWith(`/${nsgName}`));
  if (group === undefined) throw new Error(`There is no NSG ${nsgName}.`);
  return estate.effectiveRules(group.id).map(({ name }) => name);
}
