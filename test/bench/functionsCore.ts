import Module from 'node:module';
import { join } from 'node:path';

type Loader = { _resolveFilename: (request: string, ...rest: unknown[]) => string };

/** The root of the repository: the built bench lies two folders below it, as this file does. */
export const root = join(__dirname, '..', '..');

/**
 * `@azure/functions-core` exists only inside a Functions host. The bench runs without jest's module
 * map, so the stand-in of the tests is put in its place here. To be imported before everything
 * else: the SDKs ask once, when they are loaded, and keep the answer.
 */
const loader = Module as unknown as Loader;
const resolve = loader._resolveFilename;
loader._resolveFilename = function (this: unknown, request, ...rest) {
  const standIn = join(root, 'test', 'functions-core.cjs');
  return resolve.call(this, request === '@azure/functions-core' ? standIn : request, ...rest);
};
