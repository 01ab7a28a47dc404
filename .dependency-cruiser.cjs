// Which folder may import which? The rings of ARCHITECTURE.md, as errors.
const core = ['domain', 'indicators', 'learning', 'strategy', 'portfolio', 'risk', 'engine'];
const mayImport = {
  domain: [],
  ports: ['domain'],
  indicators: ['domain'],
  learning: ['domain'],
  strategy: ['domain', 'indicators', 'learning'],
  portfolio: ['domain', 'indicators', 'learning'],
  risk: ['domain', 'indicators', 'learning'],
  engine: ['domain', 'indicators', 'learning', 'strategy', 'portfolio', 'risk'],
  simulation: [...core, 'ports'],
  training: [...core, 'ports', 'simulation'],
  research: [...core, 'ports', 'simulation', 'training'],
  renewal: [...core, 'ports', 'simulation', 'training', 'research'],
  'market-data': ['domain', 'ports'],
  live: [...core, 'ports', 'training'],
  'exchange-simulator': [...core, 'ports', 'simulation'],
  adapters: ['domain', 'ports'],
  dashboard: ['domain', 'live/status'],
};

const fragment = '[^/]+-config\\.ts$';
const rings = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `ring-${folder}`,
  severity: 'error',
  comment: `${folder} may import only: ${allowed.join(', ') || 'nothing'}`,
  from: { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: [`^src/(${[folder, ...allowed].join('|')})(/|\\.ts$)`] },
}));

module.exports = {
  forbidden: [
    ...rings,
    {
      name: 'ring-config',
      severity: 'error',
      comment: 'config joins the <module>-config.ts fragment beside each module',
      from: { path: '^src/config/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/(config|domain|ports)/', fragment] },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'adapters-built-in-cli-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(cli|adapters)/', '\\.test\\.ts$'] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'pure-core',
      severity: 'error',
      comment: 'rings 0 to 3 know no runtime; from npm only zod, in config fragments',
      from: { path: `^src/(${core.join('|')})/`, pathNot: ['\\.test\\.ts$', fragment] },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'pure-core-config',
      severity: 'error',
      from: { path: `^src/(${core.join('|')})/${fragment}` },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'], pathNot: 'node_modules/zod/' },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: ['^test/', '^bench/', '\\.test\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
