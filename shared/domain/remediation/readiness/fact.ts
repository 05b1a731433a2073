/** Everything that signing in to a VM with Entra ID asks for, and what is known of it. */
export type ReadinessFact = {
  readonly part: ReadinessPart;
  /** `notAssessed`: nobody asks for it here, and `next` says who can. */
  readonly state: FactState;
  readonly what: string;
  readonly next: string;
  /** Where it comes from; `null`: from a table of ours, or nowhere. */
  readonly from: FactSource | null;
};

export const readinessParts = [
  'power',
  'agent',
  'identity',
  'os',
  'extension',
  'hostName',
  'outbound',
  'loginRoles',
  'remoteDesktop',
  'bastion',
  'bastionSubnet',
  'bastionToVm',
  'signInApp',
  'localAccounts',
] as const;

export type ReadinessPart = (typeof readinessParts)[number];

export const factStates = ['ok', 'missing', 'unknown', 'notAssessed'] as const;

type FactState = (typeof factStates)[number];

/**
 * `machine`: a read of the VM itself. `network`: reads of NSGs. `roles`: the list of active
 * assignments. `index`: Resource Graph, which lags by seconds or minutes.
 */
export type FactSource = 'machine' | 'network' | 'roles' | 'index';

type Maker = (what: string, next?: string) => ReadinessFact;

/** Makes facts of one part that come from one place. */
export function factsOf(
  part: ReadinessPart,
  from: FactSource | null,
): Readonly<Record<FactState, Maker>> {
  const make =
    (state: FactState): Maker =>
    (what, next = '') => ({ part, state, what, next, from });
  return {
    ok: make('ok'),
    missing: make('missing'),
    unknown: make('unknown'),
    notAssessed: make('notAssessed'),
  };
}
