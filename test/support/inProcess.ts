import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { LocalAzure } from '../../local/localAzure';

type Watching = {
  /** Told of every request of the app and of what the local Azure answered. */
  readonly onAnswer?: (request: PipelineRequest, status: number) => void;
  /** How far the `Date` of every answer is ahead of the host's clock, ms; asked for each answer. */
  readonly dateAheadMs?: () => number;
};

/** Hands requests of the SDKs to the local Azure without a socket. */
export function inProcess(
  azure: LocalAzure,
  { onAnswer, dateAheadMs = () => 0 }: Watching = {},
): HttpClient {
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      const headers: Record<string, string> = {};
      for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
      const {
        status,
        headers: answered,
        body,
      } = await azure.handle({
        method: request.method,
        url: request.url,
        headers,
        ...(typeof request.body === 'string' ? { body: request.body } : {}),
      });
      onAnswer?.(request, status);
      return {
        request,
        status,
        headers: createHttpHeaders(withDateAhead(answered, dateAheadMs())),
        ...(body === undefined ? {} : { bodyAsText: body }),
      };
    },
  };
}

function withDateAhead(headers: Record<string, string>, aheadMs: number): Record<string, string> {
  const { date } = headers;
  if (aheadMs === 0 || date === undefined) return headers;
  return { ...headers, date: new Date(Date.parse(date) + aheadMs).toUTCString() };
}
