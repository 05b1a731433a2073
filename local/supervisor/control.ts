import type { ArmRequest, ArmResponse } from '../azure/contract';
import { pimControl } from '../azure/pim/control';
import type { LocalAzure } from '../localAzure';

/**
 * What is served on plain http for this machine alone: what people do in the portal (`/pim/…`), the
 * network as it is (`/network`), and the token endpoint of managed identities, which Azure too
 * serves without TLS inside a machine. Parameters may come in the query, so that lines need no
 * quoting that differs from shell to shell.
 */
export function controlSurface(azure: LocalAzure): (request: ArmRequest) => Promise<ArmResponse> {
  const pim = pimControl(azure.pim);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === 'GET' && pathname === '/network') return network(azure);
    const signIn = pathname.startsWith('/identity/')
      ? await azure.login.handle(request)
      : undefined;
    return signIn ?? (await pim(withBodyFromQuery(request))) ?? notFound(pathname);
  };
}

function withBodyFromQuery(request: ArmRequest): ArmRequest {
  const { searchParams } = new URL(request.url);
  const isEmpty = request.body === undefined || request.body.trim() === '';
  if (request.method !== 'POST' || !isEmpty || searchParams.size === 0) return request;
  const fields = [...searchParams].map(([name, value]) => [
    name,
    /^(?:minutes|seconds)$/.test(name) && value !== '' ? Number(value) : value,
  ]);
  return { ...request, body: JSON.stringify(Object.fromEntries(fields)) };
}

/** Every inbound rule of every NSG, in the order in which the network judges by them. */
function network({ resourceManager }: LocalAzure): ArmResponse {
  const groups = resourceManager.estate.networkSecurityGroups().map(({ id }) => ({
    nsg: id.slice(id.lastIndexOf('/') + 1),
    inbound: resourceManager.estate
      .effectiveRules(id)
      .filter(({ properties }) => properties['direction'] === 'Inbound')
      .map(({ name, properties }) => ({ name, ...properties }))
      .toSorted((one, other) => one.priority - other.priority),
  }));
  return answer(200, { networkSecurityGroups: groups });
}

function notFound(path: string): ArmResponse {
  const known = 'GET /network, GET /pim/activations, POST /pim/activate, POST /pim/deactivate';
  return answer(404, { error: { code: 'NotFound', message: `Nothing at ${path}. Try ${known}.` } });
}

function answer(status: number, value: unknown): ArmResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify(value, null, 2)}\n`,
  };
}
