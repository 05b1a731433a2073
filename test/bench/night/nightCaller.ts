import type { ArmResponse } from '../../../local/azure/contract';
import type { LocalAzure } from '../../../local/localAzure';
import { contender } from './openNight';

/** Calls Resource Manager as the clients of the SDK do, without their time: the same bodies. */
export type NightCaller = {
  patchIdentity(vmId: string): Promise<ArmResponse>;
  putExtension(vmId: string): Promise<ArmResponse>;
  get(url: string): Promise<ArmResponse>;
  /** Sent so far. */
  requests(): number;
};

const origin = 'https://localhost:10143';
const apiVersion = '2024-07-01';
const identityBody = JSON.stringify({ identity: { type: 'SystemAssigned' } });

/** A caller with the identity that all contenders use. */
export function createCaller(azure: LocalAzure): NightCaller {
  let token = { token: '', expiresAt: 0 };
  let requests = 0;
  const send = (method: string, url: string, body?: string): Promise<ArmResponse> => {
    requests += 1;
    if (Date.now() > token.expiresAt - 60_000) token = azure.login.issueToken(contender);
    return azure.handle({
      method,
      url,
      headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  };
  const at = (path: string): string => `${origin}${path}?api-version=${apiVersion}`;
  const isLinux = (vmId: string): boolean =>
    azure.resourceManager.estate.vms.get(vmId.toLowerCase())?.osType === 'Linux';
  return {
    patchIdentity: (vmId) => send('PATCH', at(vmId), identityBody),
    putExtension: (vmId) => {
      const type = isLinux(vmId) ? 'AADSSHLoginForLinux' : 'AADLoginForWindows';
      return send('PUT', at(`${vmId}/extensions/${type}`), installBody(type));
    },
    get: (url) => send('GET', url),
    requests: () => requests,
  };
}

function installBody(type: 'AADSSHLoginForLinux' | 'AADLoginForWindows'): string {
  const isWindows = type === 'AADLoginForWindows';
  return JSON.stringify({
    location: 'westeurope',
    properties: {
      publisher: 'Microsoft.Azure.ActiveDirectory',
      type,
      typeHandlerVersion: isWindows ? '2.0' : '1.0',
      autoUpgradeMinorVersion: true,
      ...(isWindows ? { settings: { mdmId: '' } } : {}),
    },
  });
}
