import { cleanText } from '../text';
import type { ConnectKnowledge, MachineFacts } from './facts';
import { loginRoleAt, type LoginRole } from './loginRole';
import { missing, type Missing } from './missing';
import type { Os } from './osOf';
import { withWebAccount } from './osOf';
import type { Now } from '../instant';

const publisher = 'microsoft.azure.activedirectory';
const extensionOf = { windows: 'AADLoginForWindows', linux: 'AADSSHLoginForLinux' } as const;

/** The login role of the person at a machine, as far as anybody could tell. */
export type SeenLogin = LoginRole | 'none' | 'unknown';

/** `ofGrant` is the role that opened the window, where that lets somebody sign in. */
export function loginAt(
  vmId: string,
  ofGrant: LoginRole | null,
  roles: ConnectKnowledge['roles'],
  now: Now,
): SeenLogin {
  const asked = 'facts' in roles ? loginRoleAt(vmId, roles.facts, now) : null;
  if (asked === 'administrator' || ofGrant !== null) return asked ?? ofGrant ?? 'none';
  return asked ?? ('facts' in roles ? 'none' : 'unknown');
}

/** What of the role is missing. */
export function loginMissing(seen: SeenLogin, roles: ConnectKnowledge['roles']): Missing[] {
  if (seen === 'none') return [missing('loginRoleMissing')];
  if (seen !== 'unknown') return [];
  const reason = 'unknown' in roles ? cleanText(roles.unknown, 80) : '';
  return [missing('loginRoleUnknown', { reason })];
}

/** What the machine lacks for signing in with Entra ID: power, an OS that can, the extension. */
export function machineMissing(machine: MachineFacts, os: Os): Missing[] {
  return [...powerMissing(machine), ...osMissing(os), ...extensionMissing(machine, os)];
}

function powerMissing({ powerState }: MachineFacts): Missing[] {
  const state = cleanText(powerState.replace(/^PowerState\//i, ''), 40);
  if (state === '') return [missing('powerUnknown')];
  return state.toLowerCase() === 'running' ? [] : [missing('vmNotRunning', { powerState: state })];
}

function osMissing({ family, name, webAccount }: Os): Missing[] {
  if (family !== 'windows' || webAccount === true) return [];
  return webAccount === null
    ? [missing('osUnknown', { withWebAccount: withWebAccount() })]
    : [missing('noWebAccount', { os: name })];
}

/** Found by publisher and type: there is one of a type, and it may be called anything. */
function extensionMissing({ extensions }: MachineFacts, { family, name, login }: Os): Missing[] {
  if (family === 'unknown') return [];
  if (login === 'neither') return [missing('loginUnsupported', { os: name })];
  const type = extensionOf[family];
  const found = extensions.filter(
    (one) =>
      one.publisher.toLowerCase() === publisher && one.type.toLowerCase() === type.toLowerCase(),
  );
  if (found.length === 0) return [missing('extensionMissing', { type })];
  if (found.some(({ state }) => state.toLowerCase() === 'succeeded')) return [];
  const state = cleanText(found[0]?.state ?? '', 40) || 'unknown';
  const isOver = /^(?:failed|canceled)$/i.test(state);
  return [missing(isOver ? 'extensionFailed' : 'extensionUnsettled', { type, state })];
}
