import type { Grounds } from './domain/window/unfounded';
import type { World } from './ports/world';

/** What a row is judged by, without asking anybody: our keys, and the policy that is in force. */
export function groundsOf({
  opening,
  deployment,
  verifier,
}: Pick<World, 'opening' | 'deployment' | 'verifier'>): Grounds {
  return { policy: 'policy' in opening ? opening.policy : null, deployment, verifier };
}
