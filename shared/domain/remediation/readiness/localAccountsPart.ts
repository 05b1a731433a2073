import type { Told } from '../../connect/facts';
import { cleanText } from '../../text';
import { factsOf, type ReadinessFact } from './fact';
import type { LocalAccountPolicy } from './localAccountPolicies';

/** What one assignment of Azure Policy says of the local accounts of one VM. */
export type LocalAccountState = {
  readonly policy: LocalAccountPolicy;
  readonly compliance: Compliance;
};

/** `unknown`: of conflicting assignments, not started, in error, or a word that nobody here knows. */
export type Compliance = 'compliant' | 'nonCompliant' | 'exempt' | 'unknown';

/**
 * Local accounts that nobody approved, by the last evaluation of those who look for them: which
 * accounts, policy states do not say. A VM is compliant once its machine configuration has said so,
 * so one that never reported is not compliant either. No state at all says that nobody looks, or
 * that this app may not read it; who looks at administrators alone has not seen the other accounts.
 */
export function localAccountsPart(told: Told<readonly LocalAccountState[]>): ReadinessFact {
  const { ok, missing, unknown, notAssessed } = factsOf('localAccounts', 'index');
  if ('unknown' in told) {
    return unknown(
      `What policy says of local accounts is not known (${cleanText(told.unknown, 80)}).`,
    );
  }
  const of = (compliance: Compliance) => told.facts.filter((one) => one.compliance === compliance);
  const against = of('nonCompliant');
  if (against.length > 0) return missing(`Not compliant with ${named(against)}.`, disable);
  const open = of('unknown');
  if (open.length > 0) return unknown(`Azure Policy has not decided on ${named(open)}.`, evaluate);
  const fine = of('compliant');
  const whole = fine.filter(({ policy }) => policy.looksAt === 'accounts');
  if (whole.length > 0) return ok(`Compliant with ${named(whole)}.`);
  if (fine.length > 0) {
    return notAssessed(`Compliant with ${named(fine)}; nobody looks at other accounts.`, assign);
  }
  const exempt = of('exempt');
  if (exempt.length > 0) return notAssessed(`Exempt from ${named(exempt)}.`, assign);
  return notAssessed('Azure Policy shows nobody here who looks at its local accounts.', assign);
}

const assign =
  'Assign a built-in policy that looks at local accounts ("Windows machines should only have local ' +
  'accounts that are allowed", or its like for Linux), and see what it finds.';
const evaluate = 'See the reason in the details of its compliance, and have it evaluated again.';
const disable =
  'See in the details of its compliance which accounts it found, or whether the VM has not reported ' +
  'yet; disable them once Entra login works.';

/** One that is assigned twice is named once. */
function named(states: readonly LocalAccountState[]): string {
  return [...new Set(states.map(({ policy }) => `"${policy.name}"`))].join(', ');
}
