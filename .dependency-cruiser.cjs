/**
 * The fences between the rooms of the house, as drawn in ARCHITECTURE.md. Types may cross them
 * (they vanish when compiled), values may not.
 */
const values = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, ...{ viaOnly: { dependencyTypesNot: ['type-only'] } } },
    },
    {
      name: 'domain-is-alone',
      comment: 'The domain imports itself and four pure libraries (docs/decisions/0002).',
      severity: 'error',
      from: { path: '^shared/domain' },
      to: { pathNot: ['^shared/domain', '^node_modules/ipaddr\\.js', '^(node:)?(crypto|net)$'] },
    },
    {
      name: 'ports-know-the-domain',
      severity: 'error',
      from: { path: '^shared/ports' },
      to: { pathNot: ['^shared/domain', '^shared/ports'], ...values },
    },
    {
      name: 'orchestrators-hold-no-hands',
      comment: 'They see the domain and the types of activities, nothing that can act.',
      severity: 'error',
      from: { path: '^functions/orchestrators' },
      to: {
        pathNot: ['^shared/domain', '^functions/orchestrators', '^node_modules/durable-functions'],
        ...values,
      },
    },
    {
      name: 'azure-stays-in-its-room',
      severity: 'error',
      from: { path: '^(shared|functions)', pathNot: ['^shared/azure', '^functions/'] },
      to: { path: '^node_modules/@azure/' },
    },
    {
      name: 'functions-know-only-trigger-types',
      severity: 'error',
      from: { path: '^functions/', pathNot: '^functions/main\\.ts$' },
      to: { path: '^node_modules/@azure/', pathNot: '^node_modules/@azure/functions' },
    },
    {
      name: 'product-knows-no-imitation',
      severity: 'error',
      from: { path: '^(functions|shared|cli)/' },
      to: { path: '^(local|test)/' },
    },
    {
      name: 'imitation-and-client-share-no-mistake',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(shared/azure|functions/|test/)' },
    },
    {
      name: 'imitation-knows-only-types-of-the-app',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^shared/', ...values },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.json'] },
  },
};
