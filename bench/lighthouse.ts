/**
 * What Lighthouse says of the shop's first page and of the checkout, built and started as `npm start` does, on a phone
 * (slow network, slow processor) and at a desk; the middle one of several runs each. Its results so far, and how to read
 * them: docs/operations.md.
 *
 *     node --conditions ticketing-source --import tsx bench/lighthouse.ts [runs] [folder for its reports]
 *
 * Needs Chromium on the PATH, or in CHROMIUM_PATH, and a machine with nothing else to do. The phone's processor is four
 * times slower than this machine's, which is Lighthouse's own measure; on a machine that is slow itself, by as much less as
 * it is slower than the fast desk that this is meant for (`power`, Lighthouse's benchmark). Ends with 1 where a score is
 * below 95.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import lighthouse, { desktopConfig } from 'lighthouse';
import { freePort } from '../infra/local/engines/free-port.ts';
import { launchChromium } from '../tests/support/chromium.ts';
import { newPerson } from '../tests/support/shop.ts';
import { ownSystem } from '../tests/support/system.ts';

const RUNS = Number(process.argv[2] ?? 3);
const REPORTS = process.argv[3];
const ENOUGH = 95;
const categories = ['performance', 'accessibility', 'best-practices'] as const;
type Scores = Record<(typeof categories)[number] | 'power', number>;

/**
 * Lighthouse's own slowdown, and the power of a fast desk that it makes a middling phone of
 * (https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md, "CPU throttling").
 */
const SLOWDOWN = 4;
const DESK_POWER = 1_500;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const system = await ownSystem({ client: true, seed: true });
const debugPort = await freePort();
const browser = await launchChromium({ debugPort });
let isEnough = true;
try {
  const buyer = await newPerson(system.baseUrl);
  const [ticket] = (await buyer.tickets('?limit=1')).body;
  if (ticket === undefined) throw new Error('there is no demo ticket to reserve');
  const order = await buyer.reserve(ticket.id);
  if (order.status !== 201) throw new Error(`reserving answered ${order.status}`);
  const pages = { tickets: '/', checkout: `/orders/${order.body.id}` };

  /** @throws where Lighthouse could not look at the page */
  const look = async (
    page: keyof typeof pages,
    device: 'phone' | 'desk',
    { run, power, tries = 3 }: { readonly run: number; readonly power: number; readonly tries?: number },
  ): Promise<Scores> => {
    const result = await lighthouse(
      `${system.baseUrl}${pages[page]}`,
      {
        ...{ port: debugPort, onlyCategories: [...categories], output: 'html', logLevel: 'error' },
        ...(device === 'phone'
          ? { throttling: { cpuSlowdownMultiplier: SLOWDOWN * Math.min(1, power / DESK_POWER) } }
          : {}),
        ...(page === 'checkout' ? { extraHeaders: { Cookie: buyer.cookie ?? '' } } : {}),
      },
      device === 'desk' ? desktopConfig : undefined,
    );
    // Chromium's trace lacks its beginning once in a while (NO_NAVSTART): “Please run Lighthouse again.”
    if (result?.lhr.runtimeError !== undefined && tries > 1)
      return look(page, device, { run, power, tries: tries - 1 });
    if (result === undefined || result.lhr.runtimeError !== undefined)
      throw new Error(`Lighthouse could not look at ${page}: ${result?.lhr.runtimeError?.message}`);
    if (REPORTS !== undefined) {
      mkdirSync(REPORTS, { recursive: true });
      const [report] = [result.report].flat();
      writeFileSync(path.join(REPORTS, `${page}-${device}-${run}.html`), report ?? '');
      writeFileSync(path.join(REPORTS, `${page}-${device}-${run}.json`), JSON.stringify(result.lhr));
    }
    const scoreOf = (category: string) => Math.round((result.lhr.categories[category]?.score ?? 0) * 100);
    return {
      performance: scoreOf('performance'),
      accessibility: scoreOf('accessibility'),
      'best-practices': scoreOf('best-practices'),
      power: Math.round(result.lhr.environment.benchmarkIndex),
    };
  };

  // Also warms up what a shop that is open has long warmed up.
  const { power } = await look('tickets', 'desk', { run: 0, power: 0 });

  process.stdout.write(`| page | on | ${categories.join(' | ')} | power |\n`);
  process.stdout.write(`| --- | --- | --- | --- | --- | --- |\n`);
  for (const page of ['tickets', 'checkout'] as const) {
    for (const device of ['phone', 'desk'] as const) {
      const runs: Scores[] = [];
      for (let run = 1; run <= RUNS; run += 1) runs.push(await look(page, device, { run, power }));
      const scores = categories.map((category) => median(runs.map((each) => each[category])));
      isEnough &&= scores.every((score) => score >= ENOUGH);
      const had = median(runs.map((each) => each.power));
      process.stdout.write(`| ${page} | ${device} | ${scores.join(' | ')} | ${had} |\n`);
    }
  }
} finally {
  await browser.close();
  await system.end();
}
process.exitCode = isEnough ? 0 : 1;
