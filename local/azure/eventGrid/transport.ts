import type { DeliveryAnswer, Transport } from './types';

/** Real deliveries over HTTP. Redirects are not followed: to Event Grid they are failures. */
export const fetchTransport: Transport = async (request) => {
  const answer = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    signal: request.signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  };
};

/** A receiver in the same process, as a transport: no socket, no waiting. */
export function directTransport(
  receive: (request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    body?: string;
  }) => Promise<{ status: number; headers?: Record<string, string>; body?: string }>,
): Transport {
  return async ({ signal: _unused, ...request }): Promise<DeliveryAnswer> => {
    const { status, headers = {}, body = '' } = await receive(request);
    return { status, headers, body };
  };
}
