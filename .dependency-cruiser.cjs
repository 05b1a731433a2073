/**
 * The fences that hold for types as well as values. What only values may not cross, and cycles, are
 * judged by `test/house.test.ts` and by the linter: this tool, with the one parser that reads
 * TypeScript 7, cannot tell a type from a value.
 */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-alone',
      comment: 'The domain imports itself and five pure libraries (docs/decisions/0002, 0019).',
      severity: 'error',
      from: { path: '^shared/domain' },
      to: {
        pathNot: [
          '^shared/domain',
          '^node_modules/(ipaddr\\.js|canonicalize)/',
          '^(node:)?(crypto|net)$',
        ],
      },
    },
    {
      name: 'ports-know-the-domain',
      severity: 'error',
      from: { path: '^shared/ports' },
      to: { pathNot: ['^shared/domain', '^shared/ports'] },
    },
    {
      name: 'azure-stays-in-its-room',
      severity: 'error',
      from: { path: '^shared', pathNot: ['^shared/azure'] },
      to: { path: '^node_modules/@azure/' },
    },
    {
      name: 'functions-know-only-trigger-types',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^node_modules/@azure/', pathNot: '^node_modules/@azure/functions' },
    },
    {
      name: 'only-main-builds-the-azure-world',
      severity: 'error',
      from: {
        path: '^(functions|cli|shared)/',
        pathNot: ['^functions/((sweeper|remediator)/)?main\\.ts$', '^shared/(azure|config)'],
      },
      to: { path: '^shared/azure' },
    },
    {
      name: 'sweeper-cannot-open',
      comment:
        'The delete-only app reaches no engine, no policy, no opening and nothing that signs.',
      severity: 'error',
      from: { path: '^functions/sweeper/' },
      to: {
        reachable: true,
        path: [
          '^node_modules/durable-functions',
          '^shared/config/opening',
          '^shared/config\\.ts$',
          '^shared/policy/',
          '^shared/azure/(signer|world|directory|compute)\\.ts$',
          '^functions/(index|main|starter)\\.ts$',
          '^functions/(events|orchestrators|timers)/',
          '^functions/activities/intake/',
          '^functions/activities/window/(planNow|perform|round|decide)\\.ts$',
        ],
      },
    },
    {
      name: 'remediator-touches-no-network',
      comment: 'The app with extension rights reaches no engine, no window, no rule and no key.',
      severity: 'error',
      from: { path: '^functions/remediator/' },
      to: {
        reachable: true,
        path: [
          '^node_modules/durable-functions',
          '^shared/config/opening',
          '^shared/config\\.ts$',
          '^shared/azure/(signer|world|directory|network|inventory|compute|sweeperWorld)\\.ts$',
          '^functions/(index|main|starter)\\.ts$',
          '^functions/(events|orchestrators|timers|activities|sweep|wishes|reconcile)/',
        ],
      },
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
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.json'] },
  },
};
