import type { EntryError } from './entry';
import type { ReasonCode } from './reasons';

type Retry = 'soon' | 'nextNight' | 'afterFix' | 'never';

/** What an error of Azure leads to. */
export function retryOf({ status, code, message }: EntryError): {
  readonly reason: ReasonCode;
  readonly retry: Retry;
} {
  if (code === 'LinkedAuthorizationFailed')
    return { reason: 'identityForbidden', retry: 'afterFix' };
  if (code === 'RequestDisallowedByPolicy') return { reason: 'refusedByPolicy', retry: 'afterFix' };
  if (code === 'ScopeLocked') return { reason: 'locked', retry: 'afterFix' };
  if (status === 403) return { reason: 'forbidden', retry: 'afterFix' };
  if (status === 404 && /^(?:Resource)?NotFound$/.test(code))
    return { reason: 'vanished', retry: 'never' };
  if (status === 409 && /not running/i.test(message))
    return { reason: 'stoppedMeanwhile', retry: 'nextNight' };
  if (code === 'VMAgentStatusCommunicationError')
    return { reason: 'extensionFailed', retry: 'soon' };
  if (/1007|-2145648574/.test(message)) return { reason: 'extensionFailed', retry: 'soon' };
  return { reason: status === 0 ? 'extensionFailed' : 'refused', retry: 'never' };
}
