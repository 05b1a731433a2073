/**
 * What `@azure/functions` finds when it asks its host for `@azure/functions-core` inside jest. Jest
 * gives each test file its own module registry, so each gets its own empty list of functions.
 */
const functions = new Map();
const hooks = new Map();
let model;

module.exports = {
  version: '3.9.0',
  hostVersion: '4.1037.0',
  Disposable: class {
    dispose() {}
  },
  log() {},
  setProgrammingModel(programmingModel) {
    model = programmingModel;
  },
  getProgrammingModel() {
    return model;
  },
  registerFunction(metadata, callback) {
    if (functions.has(metadata.name)) {
      throw new Error(`A function named "${metadata.name}" is registered already.`);
    }
    functions.set(metadata.name, { metadata, callback });
    return { dispose: () => functions.delete(metadata.name) };
  },
  registerHook(name, callback) {
    hooks.set(name, [...(hooks.get(name) ?? []), callback]);
    return { dispose() {} };
  },
  /** Not part of the real module: what the local engine reads the registrations from. */
  registry: { functions, hooks, model: () => model },
};
