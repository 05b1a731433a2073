import type { BastionWay } from './bastionsFor';
import { shellLine } from './shellLine';

/** What a line does. */
export type LineUse =
  /** Signs in over SSH, RDP, WinRM. */
  | 'ssh'
  | 'rdp'
  | 'winrm'
  /** The same, with the settings shown first: another user can be named. */
  | 'rdpConfigure'
  /** Writes a configuration of SSH with a certificate of the person, and uses it. */
  | 'sshConfig'
  | 'sshPlain'
  /** Opens a local port that leads to the machine's. */
  | 'tunnel'
  /** Prints the public address that the host name has to lead to. */
  | 'publicAddress';

/** One line that can be pasted into bash as it is. */
export type ConnectLine = {
  readonly use: LineUse;
  readonly via: 'public' | 'private' | 'bastion';
  readonly line: string;
  /** What to know before it is used; `''`: nothing. */
  readonly note: string;
};

/** A machine as lines name it: every part is of the grammar of Azure's ids. */
export type LineTarget = {
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
};

const certificateNote =
  'The certificate in it lasts about an hour: write it anew when it is refused.';

/**
 * Entra sign-in over SSH, by name over the public address, by address over the private one.
 * https://learn.microsoft.com/cli/azure/ssh, https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux
 */
export function sshLines(
  target: LineTarget,
  ways: readonly ('public' | 'private')[],
  address: string,
): ConnectLine[] {
  const named = ['--subscription', target.subscriptionId, ...groupAndName(target)];
  return ways.flatMap((via): ConnectLine[] => {
    const byName = via === 'public' || address === '';
    const who = byName ? [...named, ...preferring(via)] : ['--ip', address];
    const alias = byName ? `${target.resourceGroup}-${target.name}` : address;
    return [
      { use: 'ssh', via, line: shellLine(['az', 'ssh', 'vm', ...who]), note: '' },
      ...configLines(via, who, alias),
    ];
  });
}

/** `az ssh config` calls a host as its group and name, joined by a hyphen, or by its address. */
function configLines(
  via: 'public' | 'private',
  who: readonly string[],
  alias: string,
): ConnectLine[] {
  // OpenSSH refuses host names with brackets in them.
  if (!/^[A-Za-z0-9._:-]+$/.test(alias)) return [];
  const file = `./${alias.replaceAll(':', '_')}.sshconfig`;
  const config = ['az', 'ssh', 'config', ...who, '--file', file, '--overwrite'];
  return [
    { use: 'sshConfig', via, line: shellLine(config), note: certificateNote },
    {
      use: 'sshPlain',
      via,
      line: shellLine(['ssh', '-F', file, alias]),
      note: 'After the line before it; scp, sftp and editors take the file as well.',
    },
  ];
}

function preferring(via: 'public' | 'private'): string[] {
  return via === 'private' ? ['--prefer-private-ip'] : [];
}

/** Prints the public addresses of a machine. */
export function publicAddressLine(target: LineTarget): ConnectLine {
  const query = '[].virtualMachine.network.publicIpAddresses[].ipAddress';
  const named = ['--subscription', target.subscriptionId, ...groupAndName(target)];
  const argv = ['az', 'vm', 'list-ip-addresses', ...named, '--query', query, '--output', 'tsv'];
  return {
    use: 'publicAddress',
    via: 'public',
    line: shellLine(argv),
    note: 'Prints nothing if the machine has no public address.',
  };
}

/** Opens the file of `connect.rdp`, from a bash on Windows. */
export function openRdpLine(fileName: string, via: 'public' | 'private'): ConnectLine {
  return {
    use: 'rdp',
    via,
    line: shellLine(['mstsc.exe', fileName]),
    note: 'Save the text as this file first, and see that the host name leads to the machine.',
  };
}

/** PowerShell remoting; it takes no Entra sign-in. `host` is a host name or an address. */
export function winrmLine(host: string, port: 5985 | 5986, via: 'public' | 'private'): ConnectLine {
  const tls = port === 5986 ? ' -UseSSL' : '';
  const command = `Enter-PSSession -ComputerName ${host} -Port ${port}${tls} -Credential (Get-Credential)`;
  return {
    use: 'winrm',
    via,
    line: shellLine(['pwsh', '-NoExit', '-Command', command]),
    note: 'WinRM takes no Entra sign-in: a local account of the machine is asked for.',
  };
}

/** RDP through a Bastion, plain and with its settings shown first. Windows clients only. */
export function bastionRdpLines(
  bastion: BastionWay,
  target: LineTarget,
  enableMfa: boolean,
): ConnectLine[] {
  const mfa = enableMfa ? ['--enable-mfa'] : [];
  const argv = [...bastionArgv('rdp', bastion, target), ...mfa];
  return [
    {
      use: 'rdp',
      via: 'bastion',
      line: shellLine(argv),
      note: 'From Windows only: it starts mstsc.',
    },
    {
      use: 'rdpConfigure',
      via: 'bastion',
      line: shellLine([...argv, '--configure']),
      note: 'The same with its settings shown first: to sign in as another user.',
    },
  ];
}

/** SSH through a Bastion, signed in with Entra ID. */
export function bastionSshLine(bastion: BastionWay, target: LineTarget): ConnectLine {
  const argv = [...bastionArgv('ssh', bastion, target), '--auth-type', 'AAD'];
  const note = 'Takes the extension ssh of the Azure CLI as well.';
  return { use: 'ssh', via: 'bastion', line: shellLine(argv), note };
}

/** A local port that leads through a Bastion to a port of the machine. */
export function tunnelLine(bastion: BastionWay, target: LineTarget, port: number): ConnectLine {
  const local = port <= 55_535 ? port + 10_000 : port;
  const ports = ['--resource-port', String(port), '--port', String(local)];
  const entra =
    port === 3389 ? ' Localhost is no device in Entra ID: a local account signs in.' : '';
  return {
    use: 'tunnel',
    via: 'bastion',
    line: shellLine([...bastionArgv('tunnel', bastion, target), ...ports]),
    note: `While it runs, port ${port} of the machine is localhost:${local}.${entra}`,
  };
}

/** https://learn.microsoft.com/cli/azure/network/bastion */
function bastionArgv(verb: string, bastion: BastionWay, target: LineTarget): string[] {
  const { subscriptionId, resourceGroup, name } = bastion;
  const host = [
    '--subscription',
    subscriptionId,
    '--name',
    name,
    '--resource-group',
    resourceGroup,
  ];
  return ['az', 'network', 'bastion', verb, ...host, '--target-resource-id', target.id];
}

function groupAndName({ resourceGroup, name }: LineTarget): string[] {
  return ['--resource-group', resourceGroup, '--name', name];
}
