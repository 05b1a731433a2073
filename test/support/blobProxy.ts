import {
  createServer,
  type IncomingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fate = 'pass' | 'lose' | 'full' | 'hang' | 'forbid';
export type Asked = {
  readonly isAppend: boolean;
  readonly nth: number;
  readonly path: string;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
};

/** Azurite behind somebody who decides what becomes of each request, as a network would. */
export async function throughProxy(
  connectionString: string,
  fateOf: (asked: Asked) => Fate,
  act: (connectionString: string) => Promise<void>,
): Promise<void> {
  const target = new URL(/BlobEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? '');
  const counts = new Map<boolean, number>();
  const server: Server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '', target);
    const isAppend = url.searchParams.get('comp') === 'appendblock';
    const nth = (counts.get(isAppend) ?? 0) + 1;
    counts.set(isAppend, nth);
    const { method = '', headers } = asked;
    const query = url.searchParams;
    const fate = fateOf({ isAppend, nth, path: url.pathname, method, query, headers });
    if (fate === 'hang') return;
    if (fate === 'full') return refuse(answer, 409, 'BlockCountExceedsLimit');
    if (fate === 'forbid') return refuse(answer, 403, 'AuthorizationPermissionMismatch');
    const passed = request(
      {
        host: target.hostname,
        port: target.port,
        path: asked.url,
        method: asked.method,
        headers: asked.headers,
      },
      (got) => {
        if (fate === 'lose') {
          got.resume();
          got.once('end', () => asked.socket.destroy());
        } else {
          answer.writeHead(got.statusCode ?? 500, got.headers);
          got.pipe(answer);
        }
      },
    );
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await act(connectionString.replaceAll(`:${target.port}/`, `:${port}/`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As learn.microsoft.com/rest/api/storageservices/blob-service-error-codes has it. */
function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}
