import type { Caller } from './azure/contract';
import type { ResourceManager } from './azure/resourceManager/createResourceManager';

/** What somebody else does to a VM while a run is under way. */
export type NightAct = {
  kind: 'vanish' | 'stop' | 'secondWriter';
  vmId: string;
  /** Since the acts began. */
  afterMs: number;
};

/** Who installs the extension beside the remediator: Azure Policy, say. */
export const secondWriter: Caller = {
  objectId: '99999999-9999-4999-8999-999999999997',
  name: 'second writer',
  kind: 'person',
};

/**
 * Does each act at its time; what is gone by then is left alone. Returns how to end it: acts that
 * have not come up are not done.
 */
export function playActs(
  acts: readonly NightAct[],
  { estate, outOfBand }: Pick<ResourceManager, 'estate' | 'outOfBand'>,
): () => void {
  const timers = acts.map((act) =>
    setTimeout(() => {
      if (!estate.vms.has(act.vmId.toLowerCase())) return;
      if (act.kind === 'vanish') outOfBand.deleteVm(act.vmId);
      if (act.kind === 'stop') outOfBand.stopVm(act.vmId);
      if (act.kind === 'secondWriter') outOfBand.installLogin(act.vmId, secondWriter);
    }, act.afterMs),
  );
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
