/**
 * What a Windows machine may be called: fifteen letters, digits and hyphens. Nothing else gets into
 * a file, where a line break would be a setting.
 * https://learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou
 */
const hostNameForm = /^(?!\d+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,13}[A-Za-z0-9])?$/;

export function isHostName(text: string): boolean {
  return hostNameForm.test(text);
}

/**
 * The text of an `.rdp` file, with CRLF. The address is the host name and not an IP: signing in
 * with a web account looks the device up in Entra ID by it. It names nobody, asks each time who
 * comes, warns of a machine that cannot prove itself, and lends it no drive and no printer.
 * https://learn.microsoft.com/azure/virtual-desktop/rdp-properties
 */
export function rdpFile(hostName: string, webAccount: boolean): string {
  const lines = [
    `full address:s:${hostName}`,
    ...(webAccount ? ['enablerdsaadauth:i:1'] : ['enablerdsaadauth:i:0', 'targetisaadjoined:i:1']),
    'prompt for credentials:i:1',
    'authentication level:i:2',
    'negotiate security layer:i:1',
    'enablecredsspsupport:i:1',
    'gatewayusagemethod:i:4',
    'drivestoredirect:s:',
    'redirectprinters:i:0',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
