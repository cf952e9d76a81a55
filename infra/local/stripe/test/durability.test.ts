import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { openJournal } from '../src/store/journal.ts';
import { openLedger } from '../src/store/ledger.ts';
import { standIns } from './stand-ins.ts';
import { order, postForm, stripeAt, typedCard } from './stripe-client.ts';

const folder = temporaryFolder('stripe-durability');
const start = standIns();
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

describe('after a restart', () => {
  it('everything is as it was: payments, charges, refunds, events, cards, keys, the bank that asks', async () => {
    const dataDir = path.join(folder, 'restart');
    const first = await start({ dataDir });
    const before = stripeAt(first.url);
    const options = { idempotencyKey: 'once' };
    const taken = await before.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' }, options);
    await before.paymentIntents.confirm(taken.id);
    await before.paymentIntents.capture(taken.id);
    const refund = await before.refunds.create({ payment_intent: taken.id, amount: 300 });
    const typed = await postForm(
      `${first.url}/v1/payment_methods`,
      typedCard('5555555555554444'),
      'pk_test_1',
    );
    const { id: method } = (await typed.json()) as { id: string };
    const asking = await before.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_authenticationRequired',
    });
    await before.paymentIntents.confirm(asking.id, { return_url: 'https://shop.example/' });
    const state = async (stripe: typeof before) => [
      await stripe.paymentIntents.retrieve(taken.id, { expand: ['latest_charge'] }),
      await stripe.refunds.retrieve(refund.id),
      await stripe.paymentMethods.retrieve(method),
      (await stripe.events.list({ limit: 100 })).data,
    ];
    const was = await state(before);
    await first.stop();

    const second = await start({ dataDir });
    const after = stripeAt(second.url);
    expect(await state(after)).toEqual(was);
    expect(
      (await after.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' }, options)).id,
    ).toBe(taken.id);
    const { next_action: action } = await after.paymentIntents.retrieve(asking.id);
    await postForm(action?.redirect_to_url?.url ?? '', { result: 'complete' });
    expect((await after.paymentIntents.retrieve(asking.id)).status).toBe('requires_capture');
    await second.stop();
  });

  it('banks have let go of what was held for longer than a week', async () => {
    const dataDir = path.join(folder, 'week');
    const first = await start({ dataDir });
    const before = stripeAt(first.url);
    const { id } = await before.paymentIntents.create({ ...order, payment_method: 'pm_card_visa' });
    await before.paymentIntents.confirm(id);
    await first.stop();
    const later = (ms: number) => ({ now: () => new Date(Date.now() + ms) });
    const almost = await start({ dataDir, clock: later(WEEK_MS - 60_000) });
    expect((await stripeAt(almost.url).paymentIntents.retrieve(id)).status).toBe('requires_capture');
    await almost.stop();
    const second = await start({ dataDir, clock: later(WEEK_MS + 60_000) });
    expect(await stripeAt(second.url).paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    await second.stop();
  });

  it('a second one on the same payments waits until the first has ended', async () => {
    const dataDir = path.join(folder, 'shared');
    const first = await start({ dataDir });
    let isUp = false;
    const second = start({ dataDir }).then((running) => {
      isUp = true;
      return running;
    });
    try {
      const { id } = await stripeAt(first.url).paymentIntents.create(order);
      // In the time that two others need to start, it would have.
      for (let i = 0; i < 2; i += 1) await (await start()).stop();
      expect(isUp).toBe(false);
      await first.stop();
      expect((await stripeAt((await second).url).paymentIntents.retrieve(id)).id).toBe(id);
    } finally {
      await first.stop();
      await (await second).stop();
    }
  });
});

describe('the journal', () => {
  const journalOf = async (file: string, compactAt?: number, snapshot: () => string[] = () => []) => {
    const lines: string[] = [];
    const journal = await openJournal({
      file,
      replay: (line) => {
        JSON.parse(line);
        lines.push(line);
      },
      snapshot,
      ...(compactAt === undefined ? {} : { compactAt }),
    });
    return { journal, lines };
  };

  it('gives back what was written, in order', async () => {
    const file = path.join(folder, 'order/journal.jsonl');
    const { journal } = await journalOf(file);
    const wanted = Array.from({ length: 500 }, (_, i) => JSON.stringify({ i, text: 'é'.repeat(i) }));
    for (const line of wanted) journal.append(line);
    await journal.settled();
    await journal.close();
    const again = await journalOf(file);
    expect(again.lines).toEqual(wanted);
    await again.journal.close();
  });

  it('has a line on the disk once it has settled, and tells each of many who wait', async () => {
    const file = path.join(folder, 'settled/journal.jsonl');
    const { journal } = await journalOf(file);
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        journal.append(String(i));
        await journal.settled();
        expect((await readFile(file, 'utf8')).split('\n')).toContain(String(i));
      }),
    );
    await journal.close();
  });

  it('does not keep those who wait for as long as others write', async () => {
    const { journal } = await journalOf(path.join(folder, 'busy/journal.jsonl'));
    let isOver = false;
    const busy = (async () => {
      while (!isOver) {
        journal.append('1');
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let i = 0; i < 20; i += 1) {
      journal.append('2');
      await journal.settled();
    }
    isOver = true;
    await busy;
    await journal.close();
  });

  it('forgets the half line of a crash, and goes on after the last whole one', async () => {
    const file = path.join(folder, 'half/journal.jsonl');
    const first = await journalOf(file);
    first.journal.append('{"n":1}');
    await first.journal.close();
    await appendFile(file, '{"n":2,"text":"half');
    const second = await journalOf(file);
    expect(second.lines).toEqual(['{"n":1}']);
    second.journal.append('{"n":3}');
    await second.journal.close();
    const third = await journalOf(file);
    expect(third.lines).toEqual(['{"n":1}', '{"n":3}']);
    await third.journal.close();
  });

  it('says so when it is damaged in the middle, instead of leaving payments out', async () => {
    const file = path.join(folder, 'damaged/journal.jsonl');
    const first = await journalOf(file);
    await first.journal.close();
    await writeFile(file, '{"n":1}\n{"n":\n{"n":3}\n');
    await expect(journalOf(file)).rejects.toThrow('damaged in line 2');
  });

  it('is replaced by what it amounts to when it grows large, while it runs and at a start', async () => {
    const file = path.join(folder, 'compact/journal.jsonl');
    let total = 0;
    const { journal } = await journalOf(file, 1_000, () => [JSON.stringify({ total })]);
    for (let i = 0; i < 400; i += 1) {
      total += 1;
      journal.append(JSON.stringify({ n: i }));
      if (i % 10 === 0) await journal.settled();
    }
    await journal.close();
    expect((await stat(file)).size).toBeLessThan(4_000);
    const large = JSON.stringify({ text: 'x'.repeat(5_000) });
    await appendFile(file, `${large}\n`);
    const again = await journalOf(file, 1_000, () => ['{"small":true}']);
    await eventually(async () => expect(await readFile(file, 'utf8')).toBe('{"small":true}\n'));
    await again.journal.close();
  });

  it('takes no more once the disk does not', async () => {
    const { journal } = await journalOf(path.join(folder, 'full/journal.jsonl'));
    await journal.close();
    // Closed under it, as a disk that is gone would be.
    journal.append('1');
    await expect(journal.settled()).rejects.toThrow('cannot be written');
    expect(() => journal.append('2')).toThrow('cannot be written');
  });
});

describe('the books', () => {
  const intentLike = (id: string, amount: number) => ({ id, amount }) as never;

  it('take changes together or not at all, and show a draft only what it has put itself', async () => {
    const ledger = await openLedger(path.join(folder, 'draft'));
    const draft = ledger.begin();
    draft.put('intents', intentLike('pi_1', 1));
    expect(draft.find('intents', 'pi_1')).toMatchObject({ amount: 1 });
    expect(ledger.find('intents', 'pi_1')).toBeUndefined();
    ledger.commit(draft);
    expect(ledger.find('intents', 'pi_1')).toMatchObject({ amount: 1 });
    const removal = ledger.begin();
    removal.remove('intents', 'pi_1');
    expect(removal.find('intents', 'pi_1')).toBeUndefined();
    expect(ledger.find('intents', 'pi_1')).toBeDefined();
    await ledger.close();
  });

  it('are the same after they were compacted', async () => {
    const place = path.join(folder, 'same');
    const first = await openLedger(place, { compactAt: 2_000 });
    for (let i = 0; i < 200; i += 1) {
      const draft = first.begin();
      draft.put('intents', intentLike(`pi_${i % 20}`, i));
      if (i % 7 === 0) draft.put('answers', { id: `key-${i}` } as never);
      if (i % 14 === 0) draft.remove('answers', `key-${i - 7}`);
      first.commit(draft);
      if (i % 20 === 0) await first.settled();
    }
    const was = [[...first.newestFirst('intents')], [...first.oldestFirst('answers')]];
    await first.close();
    const second = await openLedger(place);
    expect([[...second.newestFirst('intents')], [...second.oldestFirst('answers')]]).toEqual(was);
    expect(second.count('intents')).toBe(20);
    await second.close();
  });
});
