import type { OrchestrationContext } from 'durable-functions';
import { sleeper } from './sleeper';
import type { Step } from './steps';

/** Looks after one window until it is proved closed. */
export function* accessWindow(context: OrchestrationContext): Step<string> {
  return yield* sleeper(context, 'accessWindow');
}
