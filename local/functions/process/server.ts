import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Peer } from '../host/forwardedFor';
import type { HttpAnswer } from '../host/http';

/** The Functions host takes bodies up to 100 MB by default; a local app needs far less. */
const largestBodyBytes = 10_000_000;

export type ReceivedRequest = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  peer: Peer;
};

/** The port is taken; the message names it. */
export class PortInUse extends Error {
  constructor(readonly port: number) {
    super(`Port ${port} on 127.0.0.1 is in use; stop what listens there or choose another port.`);
  }
}

/** Listens on 127.0.0.1; port 0 takes a free one. */
export async function listen(
  port: number,
  handle: (request: ReceivedRequest) => Promise<HttpAnswer>,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    void serve(request, response, handle);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUse(port) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: ReceivedRequest) => Promise<HttpAnswer>,
): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413).end();
      return;
    }
    const { method = 'GET', url = '/' } = request;
    const { remoteAddress: address = '127.0.0.1', remotePort: port = 0 } = request.socket;
    const peer = { address, port };
    const answer = await handle({ method, url, headers: flat(request), body, peer });
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  } catch {
    // The host died under the request, or the client left: there is nobody to answer.
    response.destroy();
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flat(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
