/**
 * Everything that stands between a person and a machine although a window is there, or that nobody
 * could tell. One table, as for refusals: codes are stable, each says what and what to do next.
 */
const texts = {
  // The window.
  windowNotOpenYet: () => ({
    what: 'The window is not open yet.',
    next: 'Wait until its phase is open: a few seconds as a rule.',
  }),
  windowClosing: () => ({
    what: 'The window is closing: new connections will not get through for long.',
    next: 'Activate the role again for a window of its own.',
  }),
  windowClosed: () => ({
    what: 'The window is closed.',
    next: 'Activate the role again for a window of its own.',
  }),
  windowRefused: () => ({
    what: 'The window was refused and never opened.',
    next: 'GET the window itself: its refusals say what to do.',
  }),

  // The machine.
  vmRefused: (of: { rule: string; next: string }) => ({ what: of.rule, next: of.next }),
  vmReplaced: () => ({
    what: 'Another machine has taken the place of the one that the window was granted for.',
    next: 'Activate the role again.',
  }),
  vmNotSeen: () => ({
    what: 'The index of Azure does not show the machine: it is gone, or too new.',
    next: 'Ask again in a minute; what is said here holds if the machine is there.',
  }),
  vmNotRunning: (of: { powerState: string }) => ({
    what: `The machine is not running (${of.powerState}).`,
    next: 'Start it.',
  }),
  powerUnknown: () => ({
    what: 'Whether the machine runs is unknown.',
    next: 'See in the portal; a machine that is stopped answers nothing.',
  }),
  strangeId: () => ({
    what: 'The id of the machine is not one that Azure gives, so no line is made of it.',
    next: 'Tell whoever runs Postern: no such id should be in a window.',
  }),
  portNotInWindow: (of: { port: number; ports: string }) => ({
    what: `Port ${of.port} is not among the ports of the window (${of.ports}).`,
    next: 'Ask the owner of the policy to add it to the rule that granted the window.',
  }),

  // Signing in.
  loginRoleMissing: () => ({
    what: 'Neither Virtual Machine Administrator Login nor User Login is seen to be active here.',
    next: 'Activate one in PIM on the machine or above it; Owner and Contributor do not sign in.',
  }),
  loginRoleUnknown: (of: { reason: string }) => ({
    what: `Whether a login role is active here could not be asked (${of.reason}).`,
    next: 'Ask again in a moment, or just try.',
  }),
  extensionMissing: (of: { type: string }) => ({
    what: `The extension ${of.type} is not seen on the machine.`,
    next: 'Have its owner turn the system-assigned identity on, then install the extension.',
  }),
  extensionFailed: (of: { type: string; state: string }) => ({
    what: `The extension ${of.type} is there, but its state is ${of.state}.`,
    next: 'Have its owner read the error of the extension in the portal, remove it and retry.',
  }),
  extensionUnsettled: (of: { type: string; state: string }) => ({
    what: `The extension ${of.type} is being worked on (${of.state}).`,
    next: 'Wait a few minutes.',
  }),
  factsUnknown: (of: { reason: string }) => ({
    what: `OS, power, login extension, host name and Bastions are unknown (${of.reason}).`,
    next: 'Ask again in a moment; the lines that are given do not depend on them.',
  }),
  loginUnsupported: (of: { os: string }) => ({
    what: `${of.os} is too old for signing in with Entra ID.`,
    next: 'Sign in with another account that the machine knows, or upgrade it.',
  }),
  osUnknown: (of: { withWebAccount: string }) => ({
    what: 'Which Windows the machine runs is unknown, so --enable-mfa is left out.',
    next: `Add it to the Bastion line if it is ${of.withWebAccount}.`,
  }),
  noWebAccount: (of: { os: string }) => ({
    what: `${of.os} takes no sign-in with a web account, so --enable-mfa is left out.`,
    next: 'Connect from a PC of the same tenant and sign in as AzureAD\\user@domain.',
  }),
  hostNameUnknown: () => ({
    what: 'The host name of the machine is unknown, and Entra sign-in over RDP goes by it.',
    next: 'Run hostname on the machine, or look for its device in Entra ID.',
  }),
  hostNameStrange: () => ({
    what: 'The host name of the machine is not one that Windows allows, so no file is made of it.',
    next: 'Run hostname on the machine, and type the name into Remote Desktop yourself.',
  }),

  // Bastion.
  bastionSku: (of: { name: string; sku: string }) => ({
    what: `Bastion ${of.name} is of SKU ${of.sku}; native clients need Standard or Premium.`,
    next: 'Use it in the portal, or have its owner upgrade it.',
  }),
  bastionNativeOff: (of: { name: string }) => ({
    what: `Bastion ${of.name} has native client support switched off.`,
    next: 'Have its owner switch it on (enableTunneling), or use it in the portal.',
  }),
  bastionNotReady: (of: { name: string; state: string }) => ({
    what: `Bastion ${of.name} is not ready (${of.state}).`,
    next: 'Wait until its provisioning state is Succeeded.',
  }),
  bastionNotInWindow: (of: { name: string }) => ({
    what: `The window does not let the subnet of Bastion ${of.name} in.`,
    next: 'It works where the NSGs let that subnet in by rules of their own.',
  }),
} as const;

export type MissingCode = keyof typeof texts;

type Details = { readonly [Code in MissingCode]: Parameters<(typeof texts)[Code]> };
type Table = {
  readonly [Code in MissingCode]: (...of: Details[Code]) => { what: string; next: string };
};

const table: Table = texts;

/** What is missing or unknown, and the next step. Plain data. */
export type Missing = {
  readonly code: MissingCode;
  readonly what: string;
  readonly next: string;
};

/** Builds one: `missing('vmNotRunning', { powerState: 'deallocated' })`. */
export function missing<Code extends MissingCode>(code: Code, ...of: Details[Code]): Missing {
  return { code, ...table[code](...of) };
}
