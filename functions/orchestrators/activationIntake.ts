import type { OrchestrationContext } from 'durable-functions';
import { sleeper } from './sleeper';
import type { Step } from './steps';

/** Looks after one hint until it has become a window, a refusal or nothing. */
export function* activationIntake(context: OrchestrationContext): Step<string> {
  return yield* sleeper(context, 'activationIntake');
}
