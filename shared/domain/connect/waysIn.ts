import type { ConnectLine } from './lines';
import {
  bastionRdpLines,
  bastionSshLine,
  openRdpLine,
  publicAddressLine,
  sshLines,
  tunnelLine,
  winrmLine,
} from './lines';
import type { Os } from './osOf';
import { rdpFile } from './rdpFile';
import type { Situation } from './situation';
import { letsIn, tcpPorts } from './windowPorts';

/** An `.rdp` file, and how its host name finds the machine. */
export type RdpHelp = {
  readonly fileName: string;
  readonly text: string;
  readonly hostName: string;
  /** For the hosts file of the client, where the machine is reached by its private address. */
  readonly hostsEntries: readonly string[];
};

/** Every line that leads to the machine, and the file for Remote Desktop where one can be made. */
export function waysIn(situation: Situation): { lines: ConnectLine[]; rdp: RdpHelp | null } {
  const { family } = situation.os;
  const own = family === 'windows' ? windowsWays(situation) : sshWays(situation);
  return { ...own, lines: [...own.lines, ...bastionWays(situation)] };
}

function sshWays({ target, os, row, ways, addresses }: Situation) {
  if (!letsIn(row.grant.portSets, 22)) return { lines: [], rdp: null };
  return { lines: ifLinux(os, sshLines(target, ways, addresses[0] ?? '')), rdp: null };
}

/** Lines of SSH are right for Linux alone: where nobody knows, each says so. */
function ifLinux({ family }: Os, lines: ConnectLine[]): ConnectLine[] {
  if (family === 'linux') return lines;
  return lines.map((one) => ({ ...one, note: `If it runs Linux. ${one.note}`.trim() }));
}

function windowsWays({ target, os, row, ways, addresses, hostName }: Situation) {
  const { portSets } = row.grant;
  const lines: ConnectLine[] = [];
  if (ways.includes('public') && [3389, 5985, 5986].some((port) => letsIn(portSets, port))) {
    lines.push(publicAddressLine(target));
  }
  const isRdp = ways.length > 0 && hostName !== '' && letsIn(portSets, 3389);
  const rdp = isRdp ? rdpOf(hostName, os, ways.includes('private') ? addresses : []) : null;
  if (rdp !== null) lines.push(...ways.slice(0, 1).map((way) => openRdpLine(rdp.fileName, way)));
  for (const port of [5985, 5986] as const) {
    if (!letsIn(portSets, port)) continue;
    for (const way of ways) {
      const host = hostName || (way === 'private' ? (addresses[0] ?? '') : '');
      if (host !== '') lines.push(winrmLine(host, port, way));
    }
  }
  return { lines, rdp };
}

function rdpOf(hostName: string, os: Os, addresses: readonly string[]): RdpHelp {
  return {
    fileName: `${hostName}.rdp`,
    // Where nobody knows which Windows it is, the newer way is the likelier one.
    text: rdpFile(hostName, os.webAccount ?? true),
    hostName,
    hostsEntries: addresses.map((address) => `${address} ${hostName}`),
  };
}

function bastionWays({ target, os, row, bastions }: Situation): ConnectLine[] {
  const { portSets } = row.grant;
  const [bastion] = bastions;
  if (bastion === undefined || bastion.lacks.length > 0) return [];
  const lines: ConnectLine[] = [];
  if (os.family === 'windows' && letsIn(portSets, 3389)) {
    lines.push(...bastionRdpLines(bastion, target, os.webAccount === true));
  }
  if (os.family !== 'windows' && letsIn(portSets, 22)) {
    lines.push(...ifLinux(os, [bastionSshLine(bastion, target)]));
  }
  return [...lines, ...tcpPorts(portSets).map((port) => tunnelLine(bastion, target, port))];
}
