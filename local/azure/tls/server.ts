import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { ArmRequest, ArmResponse } from '../contract';
import { codeOf } from './errorCode';

export type Handle = (request: ArmRequest) => Promise<ArmResponse>;

export type ServerOptions = {
  handle: Handle;
  /** 0 = any free one. */
  port: number;
  /** 127.0.0.1 when absent: the local Azure is for this machine alone. */
  host?: string;
  /** Longer bodies are answered 413; 4 MiB when absent, as Resource Manager. */
  maxBodyBytes?: number;
  /** Told of what `handle` threw; printed on stderr when absent. */
  onFault?: (error: unknown, request: ArmRequest) => void;
};

/** A listener. `close` stops new calls, lets running ones end for 2 s, then cuts them off. */
export type RunningServer = { port: number; url: string; close: () => Promise<void> };

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const CLOSE_GRACE_MS = 2000;

/** Serves `handle` over TLS. Rejects with a text that names the port when it is taken. */
export function createTlsServer(
  options: ServerOptions & { cert: string; key: string },
): Promise<RunningServer> {
  const { cert, key } = options;
  const server = createSecure({ cert, key, minVersion: 'TLSv1.2' });
  return serve(server, 'https', options);
}

/** Serves `handle` over plain http, for what Azure too serves without TLS inside a machine. */
export function createHttpServer(options: ServerOptions): Promise<RunningServer> {
  return serve(createPlain(), 'http', options);
}

async function serve(
  server: Server,
  protocol: 'http' | 'https',
  options: ServerOptions,
): Promise<RunningServer> {
  const { host = '127.0.0.1', port: wanted } = options;
  // Longer than clients keep idle sockets, so that they, not we, close them.
  server.keepAliveTimeout = 70_000;
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    void answer(incoming, outgoing, protocol, options);
  });
  await listen(server, wanted, host);
  const { port } = server.address() as AddressInfo;
  return { port, url: `${protocol}://localhost:${port}`, close: () => close(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const text = `Port ${port} on ${host} is taken by another process.`;
      return reject(Object.assign(new Error(text, { cause: error }), { code: error.code, port }));
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  protocol: string,
  options: ServerOptions,
): Promise<void> {
  const body = await readBody(incoming, options.maxBodyBytes ?? MAX_BODY_BYTES);
  if (body === 'aborted') return;
  if (body === 'tooLong') {
    outgoing.shouldKeepAlive = false;
    incoming.resume();
    write(outgoing, fault(413, 'RequestEntityTooLarge', 'The request body is too long.'));
    return;
  }
  const url = absoluteUrl(incoming, protocol);
  if (url === undefined) {
    write(outgoing, fault(400, 'BadRequest', 'The request line or Host header is not valid.'));
    return;
  }
  const method = incoming.method ?? 'GET';
  const request: ArmRequest = { method, url, headers: headersOf(incoming), ...body };
  try {
    write(outgoing, await options.handle(request));
  } catch (error) {
    // A handler that imitates a broken connection says so by this code.
    if (codeOf(error) === 'ECONNRESET') {
      incoming.socket.destroy();
      return;
    }
    (options.onFault ?? printFault)(error, request);
    write(outgoing, fault(500, 'InternalServerError', 'The local Azure failed to answer.'));
  }
}

async function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
): Promise<{ body?: string } | 'tooLong' | 'aborted'> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // The stream must outlive the loop: destroying it would cut the 413 off with the body.
    const parts: AsyncIterable<Buffer> = incoming.iterator({ destroyOnReturn: false });
    for await (const chunk of parts) {
      length += chunk.length;
      if (length > maxBytes) return 'tooLong';
      chunks.push(chunk);
    }
  } catch {
    // The client hung up in mid-body: there is nobody to answer.
    return 'aborted';
  }
  return length === 0 ? {} : { body: Buffer.concat(chunks).toString('utf8') };
}

function absoluteUrl(incoming: IncomingMessage, protocol: string): string | undefined {
  const { localAddress = '127.0.0.1', localPort = 0 } = incoming.socket;
  const host = incoming.headers.host ?? `${localAddress}:${localPort}`;
  const path = incoming.url ?? '/';
  if (!path.startsWith('/') || !/^[a-z0-9.:[\]-]+$/i.test(host)) return undefined;
  const url = `${protocol}://${host}${path}`;
  return URL.canParse(url) ? url : undefined;
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function write(outgoing: ServerResponse, response: ArmResponse): void {
  const { status, headers, body } = response;
  if (outgoing.destroyed) return;
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const isEmpty = status === 204 || status === 304;
  outgoing.writeHead(status, isEmpty ? headers : { ...headers, 'content-length': length });
  outgoing.end(isEmpty ? undefined : body);
}

function fault(status: number, code: string, message: string): ArmResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: JSON.stringify({ error: { code, message } }) };
}

function printFault(error: unknown, request: ArmRequest): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`The local Azure failed at ${request.method} ${request.url}: ${text}`);
}
