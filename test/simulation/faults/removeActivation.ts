import type { ActivationTruth } from '../../../local/azure/contract';
import { PimError } from '../../../local/azure/pim/errors';
import type { Stage } from '../stage';

/** An administrator removes an activation; what is being ended already PIM refuses, and that is all. */
export function removeActivation(
  stage: Stage,
  { principalId: person, roleDefinitionGuid: role, scope }: ActivationTruth,
): void {
  try {
    stage.simulation().azure.pim.adminRemove({ person, role, scope });
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
  }
}
