import type { Candidate, CandidateExtension } from './candidate';
import type { OsSupport } from './osSupport';
import type { LoginExtensionType } from './verdict';

/** Of all extensions for signing in with Entra ID, lower case. */
export const loginPublisher = 'microsoft.azure.activedirectory';

/** The handler version that is asked for where none is there yet; minor ones upgrade themselves. */
const loginExtensions = {
  windows: { type: 'AADLoginForWindows', version: '2.0' },
  linux: { type: 'AADSSHLoginForLinux', version: '1.0' },
} as const satisfies Record<
  'windows' | 'linux',
  { readonly type: LoginExtensionType; readonly version: string }
>;

/** The login extension that a family of OS takes; `null`: none is known. */
export function loginExtensionFor(family: OsSupport['family']): {
  readonly type: LoginExtensionType;
  readonly version: string;
} | null {
  return family === 'unknown' ? null : loginExtensions[family];
}

/** The same by what the OS disk says. */
export function loginExtensionOf({ osType }: Pick<Candidate, 'osType'>) {
  const lower = osType.toLowerCase();
  return loginExtensionFor(lower === 'windows' || lower === 'linux' ? lower : 'unknown');
}

/**
 * An extension of a VM by publisher and type. Its resource name says nothing: there is one of a
 * type, and it may be called anything. If the index shows two, the one that says more.
 */
export function findExtension(candidate: Candidate, type: string): CandidateExtension | null {
  const found = candidate.extensions.filter(
    (one) =>
      one.publisher.toLowerCase() === loginPublisher &&
      one.type.toLowerCase() === type.toLowerCase(),
  );
  return (
    found.find((one) => stateOf(one) === 'busy') ??
    found.find((one) => stateOf(one) === 'succeeded') ??
    found[0] ??
    null
  );
}

/** `busy`: anything but an end, so also a state that nobody has seen yet. */
export function stateOf({
  state,
}: Pick<CandidateExtension, 'state'>): 'succeeded' | 'failed' | 'busy' {
  const lower = state.toLowerCase();
  if (lower === 'succeeded') return 'succeeded';
  return lower === 'failed' || lower === 'canceled' ? 'failed' : 'busy';
}
