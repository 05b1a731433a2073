import { generateKeyPairSync } from 'node:crypto';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { createAzureWorld } from '../../../shared/azure/world';
import type { WorldConfig } from '../../../shared/azure/world';
import { createLedgerMemory } from '../../../shared/ledgerMemory';
import { createLog } from '../../../shared/log';
import type { World } from '../../../shared/ports/world';

export const origin = 'https://management.azure.com';
export const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
const network = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Network`;
export const nsgId = `${network}/networkSecurityGroups/nsg-app`;
export const vmId = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Compute/virtualMachines/vm-1`;
export const nicId = `${network}/networkInterfaces/nic-1`;
export const subnetId = `${network}/virtualNetworks/vnet-1/subnets/default`;

/** One request as it left the app. */
export type Sent = {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly authorization: string;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown;
};

export type Stub = {
  readonly world: World;
  readonly sent: Sent[];
  /** How often a token was asked for: once per request to which one was added. */
  readonly tokens: { asked: number };
  readonly lines: string[];
};

/** The whole world of the app, with one function in the place of Azure's network. */
export function stubArm(answer: (request: Sent) => Reply | Promise<Reply>): Stub {
  const sent: Sent[] = [];
  const lines: string[] = [];
  const tokens = { asked: 0 };
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      const { method, url, body, headers } = request;
      const one = {
        method,
        url: new URL(url),
        body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
        authorization: headers.get('authorization') ?? '',
      };
      sent.push(one);
      const reply = await answer(one);
      const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
      return {
        request,
        status: reply.status,
        headers: createHttpHeaders({ 'content-type': 'application/json', ...reply.headers }),
        bodyAsText: text ?? null,
      };
    },
  };
  const credential = {
    getToken: async () => {
      tokens.asked += 1;
      // Expired at once: who adds a token to a request has to ask for one first.
      return { token: 'planted-token', expiresOnTimestamp: Date.now() - 1 };
    },
  };
  const world = createAzureWorld(worldConfig(), {
    httpClient,
    credential,
    ledger: createLedgerMemory(),
    log: createLog((line) => lines.push(line)),
  });
  return { world, sent, tokens, lines };
}

/** A closing half for Azure's public cloud; opening is faulty on purpose: nothing here needs it. */
export function worldConfig(): WorldConfig {
  const { publicKey } = generateKeyPairSync('ed25519');
  return {
    closing: {
      storage: { kind: 'connectionString', connectionString: 'UseDevelopmentStorage=true' },
      resourceManager: { endpoint: origin, audience: origin },
      clientId: '',
      deployment: 'abc123',
      publicKeys: new Map([[1, publicKey]]),
      sweep: { text: '0 * * * * *', gapMs: 60_000 },
      sweepSettings: { mode: 'close', scopes: [] },
      reconcile: { text: '0 * * * * *', gapMs: 60_000 },
      audit: null,
    },
    opening: { faults: ['not needed here'] },
    api: { faults: ['not needed here'] },
    notices: { faults: ['not needed here'] },
    remediation: { faults: ['not needed here'] },
  };
}

/** The facts that a rejected call carries. */
export async function factsOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return (error as { facts?: unknown }).facts ?? error;
  }
  return 'nothing was thrown';
}
