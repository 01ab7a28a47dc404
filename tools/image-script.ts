// Which commands do what a container engine does with the steps of a Dockerfile? A shell script that makes one overlay for each stage, then tries the last.
import type { Step } from './dockerfile.ts';

export interface ImageScriptSetup {
  readonly steps: readonly Step[];
  /** Root of the checkout. */
  readonly context: string;
  /** Text of the file that says what does not go to the builder. */
  readonly ignored: string;
  /** Empty; everything is mounted in it, and gone with the name space. */
  readonly folder: string;
}

const PORT = 18_200;
/** A bot that trades soon, and whose models are there after a second. */
const LIVELY = [
  'risk.confidence_threshold=0',
  'walk_forward.train_days=60',
  'model.min_train_samples=20',
  'model.boosting.trees=10',
  'model.bags=1',
  'operations.disk_free_mb=1',
].map((setting) => `--set ${setting}`);

export function imageScript(setup: ImageScriptSetup): string {
  const { folder, context, ignored } = setup;
  const lines = [
    'set -euo pipefail',
    `mount -t tmpfs -o size=3g none ${folder}`,
    // As the builder does: what is excluded, then what is taken back.
    `mkdir ${folder}/context`,
    `cd ${context} && git ls-files -z --cached --others --exclude-standard -- ${contextPaths(ignored).join(' ')} | xargs -0 cp --parents --target-directory=${folder}/context`,
  ];
  let stage: Stage = { name: '', root: '', workdir: '/', user: '' };
  const stages = new Map<string, Stage>();
  for (const step of setup.steps) {
    if (step.instruction === 'FROM') {
      const name = / AS (\S+)$/.exec(step.rest)?.[1] ?? 'last';
      stage = { name, root: `${folder}/${name}/root`, workdir: '/', user: '' };
      stages.set(name, stage);
      lines.push(`echo "${step.rest}: an overlay of this machine"`, ...overlay(`${folder}/${name}`));
    } else if (step.instruction === 'WORKDIR') {
      stage.workdir = step.rest;
      lines.push(`mkdir -p ${stage.root}${stage.workdir}`);
    } else if (step.instruction === 'USER') stage.user = step.rest;
    else if (step.instruction === 'COPY') lines.push(copy(step, stage, { stages, folder }));
    else if (step.instruction === 'RUN') lines.push(`echo ${quoted(`RUN ${step.rest}`)}`, inside(stage, step.rest));
  }
  return [...lines, ...trial(setup.steps, stage), ''].join('\n');
}

interface Stage {
  readonly name: string;
  readonly root: string;
  workdir: string;
  user: string;
}

/** Paths for git: taken back by `!`, less what is excluded after them. */
function contextPaths(ignored: string): readonly string[] {
  const patterns = ignored.split('\n').filter((line) => line !== '' && !line.startsWith('#') && line !== '*');
  return patterns.map((line) =>
    quoted(
      line.startsWith('!')
        ? line.slice(1)
        : `:(exclude,glob)${line}${line.includes('.') || line.includes('*') ? '' : '/**'}`,
    ),
  );
}

const overlay = (at: string): readonly string[] => [
  `mkdir -p ${at}/upper ${at}/work ${at}/root`,
  `mount -t overlay overlay -o lowerdir=/,upperdir=${at}/upper,workdir=${at}/work ${at}/root`,
  `mount -t proc proc ${at}/root/proc && mount --rbind /dev ${at}/root/dev && mount -t tmpfs none ${at}/root/tmp`,
];

function copy(
  { flags, rest }: Step,
  stage: Stage,
  { stages, folder }: { readonly stages: ReadonlyMap<string, Stage>; readonly folder: string },
): string {
  const words = rest.split(/\s+/);
  const sources = words.slice(0, -1);
  const target = `${stage.root}${stage.workdir}/${words.at(-1)}`;
  const from = flags['from'];
  const base = from === undefined ? `${folder}/context/` : (stages.get(from)?.root ?? '');
  // A folder's content goes into the target, a file goes beside the others.
  return sources
    .map(
      (source) =>
        `if [ -d ${base}${source} ]; then mkdir -p ${target} && cp -a ${base}${source}/. ${target}/; else cp -a ${base}${source} ${target}; fi`,
    )
    .join('\n');
}

/** One command in a stage, as its user, with nothing of this machine's environment but where packages come from. */
function inside({ root, workdir, user }: Stage, command: string): string {
  const spec = user === '' ? '' : ` --userspec=${user}`;
  const home = user === '' ? '/root' : '/nonexistent';
  const environment = `HOME=${home} PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $PASSED`;
  return `PASSED=$(env | grep -E '^(npm_config_(registry|cafile)|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|https?_proxy|no_proxy)=' | tr '\\n' ' ' || true) && env -i ${environment} chroot${spec} ${root} sh -ec ${quoted(`cd ${workdir} && ${command}`)}`;
}

/** The last stage as a container: exchange and bot on the loopback, the health check until it is content, then the stop signal. */
function trial(steps: readonly Step[], stage: Stage): readonly string[] {
  const wordsOf = (name: string): readonly string[] =>
    steps.findLast(({ instruction }) => instruction === name)?.words ?? [];
  const entry = wordsOf('ENTRYPOINT');
  const state = wordsOf('CMD')[wordsOf('CMD').indexOf('--state') + 1];
  const signal = steps.find(({ instruction }) => instruction === 'STOPSIGNAL')?.rest ?? '';
  const symbols = '--symbols ALPHAUSDT BRAVOUSDT';
  const bot = [
    'exec',
    ...entry,
    'bot',
    '--mode testnet',
    '--base-url',
    `http://127.0.0.1:${PORT}`,
    '--state',
    state,
    symbols,
    ...LIVELY,
  ];
  const exchange = [
    'exec',
    ...entry,
    'exchange-simulator',
    '--embedded',
    symbols,
    '--from 2023-09-01 --speed 1',
    `--port ${PORT}`,
    '--json',
  ];
  const keys = 'export PERPILOT_TESTNET_KEY=simulator-key PERPILOT_TESTNET_SECRET=simulator-secret;';
  return [
    `log=${stage.root}/tmp`,
    `(${inside(stage, exchange.join(' '))}) > $log/exchange.log 2>&1 &`,
    `for i in $(seq 120); do grep -q http $log/exchange.log && break; sleep 1; done`,
    `(${inside(stage, `${keys} ${bot.join(' ')}`)}) > $log/bot.log 2>&1 & bot=$!`,
    `check() { ${inside(stage, wordsOf('HEALTHCHECK').join(' '))}; }`,
    `for i in $(seq 120); do check > $log/check.log 2>&1 && well=yes && break; kill -0 $bot || break; sleep 1; done`,
    `if [ "\${well:-no}" != yes ]; then cat $log/exchange.log $log/bot.log $log/check.log; echo 'the health check was never content'; exit 1; fi`,
    `head -3 $log/check.log`,
    `pkill -${signal.replace(/^SIG/, '')} -f -- '--state ${state}' && for i in $(seq 10); do kill -0 $bot 2>/dev/null || break; sleep 1; done`,
    `if kill -0 $bot 2>/dev/null; then echo 'the bot did not end within ten seconds'; exit 1; fi`,
    `code=0; wait $bot || code=$?`,
    `echo "the bot was well, and ended with $code after ${signal}"`,
    `[ $code = 130 ]`,
  ];
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
