import type { Grant } from '../../shared/domain/grant';
import type { Time } from './fakeNetwork';
import { grantOf } from './grants';

/** Another activation of the same role by the same person, with a window of its own. */
export function anotherActivation(time: Time, number: number): Pick<Grant, 'origin'> {
  const { origin } = grantOf(time);
  if (origin.kind !== 'activation') throw new Error('an activation');
  const roleAssignmentId = origin.roleAssignmentId.slice(0, -3) + String(number).padStart(3, '0');
  return { origin: { ...origin, roleAssignmentId } };
}
