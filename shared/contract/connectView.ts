import type { ConnectHelp } from '../domain/connect/connectHelp';
import type { ConnectLine } from '../domain/connect/lines';
import type { MachineHelp } from '../domain/connect/machineHelp';
import type { Missing } from '../domain/connect/missing';
import { windowsReleases } from '../domain/connect/windowsReleases';
import type { WindowPhase } from '../domain/window/phase';

/** How to connect to the machines of a window, as the API shows it: ISO times, lines for bash. */
export type ConnectView = {
  readonly window: string;
  readonly phase: WindowPhase;
  /** When closing begins, and when the rules must be gone. */
  readonly closingBegins: string;
  readonly until: string;
  /** What becomes of connections that stand at the end. */
  readonly sessions: string;
  readonly ports: readonly string[];
  readonly sources: readonly string[];
  /** What is missing of the window itself. */
  readonly missing: readonly Missing[];
  readonly vms: readonly ConnectVmView[];
  readonly self: string;
};

export type ConnectVmView = {
  readonly id: string;
  readonly name: string;
  readonly os: {
    readonly family: string;
    readonly name: string;
    /** Which list of Microsoft's page on Entra sign-in names it, and of when that page is. */
    readonly entraLogin: string;
    readonly listsAsOf: string;
  };
  /** The login role of the window's person here: administrator, user, none or unknown. */
  readonly login: string;
  readonly lines: readonly ConnectLine[];
  readonly rdp: RdpView | null;
  readonly missing: readonly Missing[];
};

/** The file for Remote Desktop, and how its host name finds the machine. */
export type RdpView = {
  readonly fileName: string;
  readonly text: string;
  readonly hostName: string;
  readonly hostsEntries: readonly string[];
  readonly find: string;
};

/** https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview */
const sessions =
  'Connections that are established when the rule goes stay: an NSG only judges new ones. ' +
  'Sign out when you are done.';

const find =
  'The name must lead to the machine: by DNS (a public IP with this DNS label, its suffix among ' +
  'your search suffixes; or private DNS), or by an entry "ADDRESS NAME" in the hosts file of your PC.';

/** Help as it goes over HTTP. The domain has cleaned every text. */
export function connectView(help: ConnectHelp): ConnectView {
  return {
    window: help.windowId,
    phase: help.phase,
    closingBegins: isoOf(help.closingBeginsAt),
    until: isoOf(help.untilAt),
    sessions,
    ports: help.ports,
    sources: help.sources,
    missing: help.missing,
    vms: help.machines.map(vmView),
    self: `/api/windows/${help.windowId}/connect`,
  };
}

function vmView({ id, name, os, login, lines, rdp, missing }: MachineHelp): ConnectVmView {
  return {
    id,
    name,
    os: {
      family: os.family,
      name: os.name,
      entraLogin: os.login ?? 'unknown',
      listsAsOf: windowsReleases.asOf,
    },
    login,
    lines,
    rdp: rdp === null ? null : { ...rdp, find },
    missing,
  };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
