import type {
  AppendBlobClient,
  ContainerClient,
  StoragePipelineOptions,
} from '@azure/storage-blob' with { 'resolution-mode': 'import' };
import type { ChainStore, FileTail } from '../ports/audit';
import type { StoragePlace } from './ledgerTables';
import { storageRefusal, type StorageRefusal } from './storageRefusal';

/** Of a longer file only this much of its end is read: some hundred records. */
const tailBytes = 262_144;
/**
 * Blocks that an append blob takes
 * (learn.microsoft.com/rest/api/storageservices/append-block, "Remarks").
 */
const blocksMax = 50_000;

/**
 * Chains in append blobs, in a container named after the deployment: there a policy of immutability
 * that allows protected appends can stand, and an identity that may only read and add. Nothing here
 * replaces or deletes. A record is one block: it is there or not there, never a part of it. Of two
 * who add at the same position one is told that the blob has moved on. The container is made with
 * the first record where there is none; the client is loaded with the first call.
 */
export function createAuditBlobs(place: StoragePlace, deployment: string): ChainStore {
  let loaded: Promise<ContainerClient> | null = null;
  const container = () => (loaded ??= connect(place, `postern-${deployment}-audit`));
  const blob = async (file: string) => (await container()).getAppendBlobClient(file);

  return {
    readTail: async (file, withinMs) => readTail(await blob(file), withinMs),
    append: async (file, text, position, withinMs) => {
      const abortSignal = AbortSignal.timeout(withinMs);
      if (position === 0) await make(await container(), await blob(file), abortSignal);
      return add(await blob(file), text, position, abortSignal);
    },
    readAll: async (file, withinMs) => {
      const client = await blob(file);
      const result = await attempt('reading a chain', async () => {
        const { readableStreamBody } = await client.download(0, undefined, signal(withinMs));
        return readableStreamBody === undefined ? '' : textOf(readableStreamBody);
      });
      if ('done' in result) return result.done;
      if (result.status === 404) return null;
      throw result.fault;
    },
    names: async (prefix, withinMs) => {
      const client = await container();
      const result = await attempt('listing chains', async () => {
        const names: string[] = [];
        // The iterator follows every page: a page is at most 5,000 names, in their order.
        for await (const { name } of client.listBlobsFlat({ prefix, ...signal(withinMs) })) {
          names.push(name);
        }
        return names;
      });
      if ('done' in result) return result.done;
      if (result.status === 404) return [];
      throw result.fault;
    },
  };
}

async function connect(place: StoragePlace, name: string): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const options: StoragePipelineOptions = {
    retryOptions: { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  };
  const service =
    place.kind === 'identity'
      ? new BlobServiceClient(place.uri, place.credential, options)
      : BlobServiceClient.fromConnectionString(place.connectionString, options);
  return service.getContainerClient(name);
}

/** Makes the blob if there is none, and the container if this is its first. */
async function make(
  container: ContainerClient,
  blob: AppendBlobClient,
  abortSignal: AbortSignal,
): Promise<void> {
  const create = () =>
    attempt('making a chain', () =>
      // Without the condition it would be a new blob in the place of the old one.
      blob.create({ abortSignal, conditions: { ifNoneMatch: '*' } }),
    );
  let result = await create();
  if ('code' in result && result.code === 'ContainerNotFound') {
    const made = await attempt('making a container', () =>
      container.createIfNotExists({ abortSignal }),
    );
    if ('fault' in made) throw made.fault;
    result = await create();
  }
  if ('fault' in result && !isThere(result)) throw result.fault;
}

/** Azure says it with 409; a condition that is not met is 412. */
function isThere({ status, code }: StorageRefusal): boolean {
  return code === 'BlobAlreadyExists' || status === 412;
}

async function add(
  blob: AppendBlobClient,
  text: string,
  position: number,
  abortSignal: AbortSignal,
): Promise<'appended' | 'moved' | 'full'> {
  const result = await attempt('adding a record', () =>
    blob.appendBlock(text, Buffer.byteLength(text), {
      abortSignal,
      conditions: { appendPosition: position },
    }),
  );
  if ('done' in result) return 'appended';
  if (result.code === 'BlockCountExceedsLimit') return 'full';
  // A blob that is gone is read again as well, and begun anew: the day's chain tells of it.
  if (result.status === 412 || result.code === 'BlobNotFound') return 'moved';
  throw result.fault;
}

async function readTail(blob: AppendBlobClient, withinMs: number): Promise<FileTail | null> {
  const abortSignal = AbortSignal.timeout(withinMs);
  const result = await attempt('reading the end of a chain', async () => {
    const start = await readRange(blob, 0, abortSignal);
    if (start.length <= tailBytes) return start;
    return readRange(blob, start.length - tailBytes, abortSignal);
  });
  if ('done' in result) {
    const { text, length, blocks } = result.done;
    return { text, length, isFull: blocks >= blocksMax };
  }
  if (result.status === 404) return null;
  // A blob that was made and has no block yet has no range.
  if (result.status === 416) return { text: '', length: 0, isFull: false };
  throw result.fault;
}

/** What stands in the blob from `offset` on, without the line that the offset cuts in two. */
async function readRange(
  blob: AppendBlobClient,
  offset: number,
  abortSignal: AbortSignal,
): Promise<{ readonly text: string; readonly length: number; readonly blocks: number }> {
  const answer = await blob.download(offset, tailBytes, { abortSignal });
  const { readableStreamBody, contentRange, contentLength, blobCommittedBlockCount } = answer;
  const text = readableStreamBody === undefined ? '' : await textOf(readableStreamBody);
  const length = Number(contentRange?.split('/')[1] ?? contentLength ?? 0);
  const whole = offset === 0 ? text : text.slice(text.indexOf('\n') + 1);
  return { text: whole, length, blocks: blobCommittedBlockCount ?? 0 };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function signal(withinMs: number): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(withinMs) };
}

/** Runs one call; what the service refused comes back as a value. */
async function attempt<Value>(
  doing: string,
  call: () => Promise<Value>,
): Promise<{ readonly done: Value } | StorageRefusal> {
  try {
    return { done: await call() };
  } catch (error) {
    return storageRefusal(error, `audit, ${doing}`);
  }
}
