import path from 'node:path';
import process from 'node:process';
import { EngineUnavailable, stopExecuting } from '../engines/index.ts';
import { demo } from '../seed/demo.ts';
import { root } from '../setup.mjs';
import { type Console, openConsole } from './console.ts';
import { services } from './services.ts';
import { flagsTable, readFlags, readSettings, settingsTable } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import { tail } from './supervised.ts';
import { type System, startSystem } from './system.ts';

/** npm passes a Ctrl-C on that reached us already, so two within this time are one. */
const SAME_SIGNAL_MS = 1_000;

/**
 * `npm start`: starts everything, shows what it does, and stops everything in order on Ctrl-C, SIGTERM or when
 * its terminal is closed.
 *
 * @param since when the command began, in milliseconds since 1970
 * @returns the exit code
 */
export const main = async (args: readonly string[], since: number): Promise<number> => {
  const console = openConsole(since);
  const stopWanted = new AbortController();
  listenForStop(stopWanted, console);
  let system: System | undefined;
  try {
    const flags = readFlags(args);
    if (flags.help) {
      console.say(help());
      return 0;
    }
    const settings = readSettings(process.env, flags, { root, cwd: process.env.INIT_CWD ?? process.cwd() });
    console.progress(`Starting ticketing.dev; data in ${shown(settings.home)}`);
    system = await startSystem({
      settings,
      rows: services,
      replicas: {},
      passedOn: {},
      build: true,
      since,
      report: console.progress,
      showLog: console.showLog,
      signal: stopWanted.signal,
    });
    console.say(readyMessage(system));
    const death = await Promise.race([system.died, aborted(stopWanted.signal)]);
    if (death === undefined) {
      await system.stop();
      console.progress('Stopped. The data is kept for the next npm start.');
      return 0;
    }
    const { name, pid, how, logFile } = death;
    console.complain(
      `${name} (process ${pid}) ${how}, and nobody had asked it to.${tail(name, logFile)}\n` +
        'Nothing is restarted by itself, so everything stops now. The data is kept: put the cause right, and run npm start again.',
    );
    await system.stop();
    return 1;
  } catch (error) {
    if (stopWanted.signal.aborted) {
      console.progress('Stopped before it was ready.');
      return 0;
    }
    const isForPerson = error instanceof StartRefused || error instanceof EngineUnavailable;
    console.complain(
      isForPerson ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    return 1;
  } finally {
    console.close();
  }
};

const listenForStop = (stopWanted: AbortController, console: Console): void => {
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      console.progress(`${signal === 'SIGINT' ? 'Ctrl-C' : signal}: stopping`);
      stopWanted.abort();
      stopExecuting();
    } else if (now - first > SAME_SIGNAL_MS) {
      console.progress('Stopping already: what was answered is being saved. A moment, please.');
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
};

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

const shown = (folder: string): string => {
  const relative = path.relative(process.cwd(), folder);
  return relative.startsWith('..') ? folder : relative || folder;
};

const readyMessage = (system: System): string => {
  const hasClient = isPart(system, 'client');
  return [
    '',
    `Ready: ${system.baseUrl}`,
    '',
    ...(hasClient ? inTheBrowser(system) : withCurl(system)),
    `  Logs      ${shown(system.home.logs)}`,
    '  Stop      Ctrl-C',
    '',
  ].join('\n');
};

const isPart = ({ run }: System, service: string): boolean =>
  run.processes.some(({ name }) => name === service);

const inTheBrowser = (system: System): string[] => [
  `  Shop      open ${system.baseUrl} in a browser`,
  system.hasDemo
    ? `  Sign in   ${demo.buyer.email} or ${demo.seller.email}, password ${demo.password}`
    : '  Sign up   with any email address; no mail is sent',
  ...(system.run.stripe === undefined
    ? ['  Pay       with a test card of Stripe’s: the keys are yours']
    : [
        '  Pay       card 4242 4242 4242 4242, any date to come, any CVC',
        '            4000 0000 0000 0002 is declined, 4000 0027 6000 3184 asks the bank (3-D Secure)',
      ]),
];

const withCurl = (system: System): string[] => {
  const { baseUrl, hasDemo } = system;
  return [
    ...(hasDemo
      ? [
          `  Sign in   ${demo.buyer.email} or ${demo.seller.email}, password ${demo.password}`,
          `            curl -c cookies -H 'Content-Type: application/json' \\`,
          `              -d '{"email":"${demo.buyer.email}","password":"${demo.password}"}' ${baseUrl}/api/users/signin`,
        ]
      : [
          `  Sign up   curl -c cookies -H 'Content-Type: application/json' \\`,
          `              -d '{"email":"you@example.com","password":"a long one of yours"}' ${baseUrl}/api/users/signup`,
        ]),
    `  Browse    curl '${baseUrl}/api/tickets?limit=3'`,
    ...(isPart(system, 'payments')
      ? ['  Pay       with the token tok_visa; tok_chargeDeclined is refused (see README)']
      : []),
  ];
};

const help = (): string => {
  const line = (name: string, meaning: string) => `  ${name.padEnd(24)} ${meaning}`;
  return [
    'npm start [-- flags]: runs ticketing.dev on this machine.',
    '',
    'Flags:',
    ...Object.entries(flagsTable).map(([flag, meaning]) => line(`--${flag}`, meaning)),
    '',
    'Settings, in the environment:',
    ...Object.entries(settingsTable).map(([name, { meaning }]) => line(name, meaning)),
  ].join('\n');
};
