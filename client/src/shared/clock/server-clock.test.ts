import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundsOf, type Heard, narrow, serverClock, serviceTime } from './server-clock.ts';

const NOON = Date.parse('2026-12-14T12:00:00Z');
const httpDate = (ms: number): string => new Date(ms).toUTCString();

/** An answer of a server whose clock is `ahead` of the device's, written `there` ms after the question was sent. */
const answer = (sentAt: number, { ahead, there, back }: { ahead: number; there: number; back: number }) => {
  const written = sentAt + there;
  return { date: httpDate(written + ahead), sentAt, receivedAt: written + back } satisfies Heard;
};

describe('the server’s clock', () => {
  it('is bounded by one answer to its second and its way', () => {
    const bounds = boundsOf(answer(NOON, { ahead: 5_000, there: 20, back: 30 }));
    expect(bounds?.least).toBeLessThanOrEqual(5_000);
    expect(bounds?.most).toBeGreaterThanOrEqual(5_000);
    expect((bounds?.most ?? 0) - (bounds?.least ?? 0)).toBeLessThanOrEqual(1_100);
  });

  it('is within the bounds when a busy server writes the date of the second before', () => {
    const bounds = boundsOf({ date: httpDate(NOON - 1_000), sentAt: NOON + 20, receivedAt: NOON + 40 });
    expect(bounds?.most).toBeGreaterThanOrEqual(0);
  });

  it('is never outside its bounds, and they never widen, whatever the way takes', () => {
    const way = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.array(fc.record({ pause: fc.integer({ min: 1, max: 60_000 }), there: way, back: way }), {
          minLength: 1,
        }),
        (ahead, answers) => {
          let sentAt = NOON;
          let known: ReturnType<typeof boundsOf>;
          for (const { pause, there, back } of answers) {
            sentAt += pause;
            const fresh = boundsOf(answer(sentAt, { ahead, there, back }));
            if (fresh === undefined) throw new Error('no bounds');
            const next = narrow(known, fresh);
            expect(next.least).toBeLessThanOrEqual(ahead);
            expect(next.most).toBeGreaterThanOrEqual(ahead);
            if (known !== undefined) {
              expect(next.most - next.least).toBeLessThanOrEqual(known.most - known.least);
            }
            known = next;
          }
        },
      ),
    );
  });

  it('is known to a tenth of a second after answers at different fractions of a second', () => {
    let device = NOON;
    const clock = serverClock(0, () => device);
    for (let asked = 0; asked < 20; asked += 1) {
      device = NOON + asked * 4_130;
      clock.hear(answer(device, { ahead: -86_400_321, there: 12, back: 9 }));
    }
    expect(Math.abs(clock.now() - (device - 86_400_321))).toBeLessThan(100);
  });

  it('is the time the page was rendered until the page is alive', () => {
    let device = 17;
    const clock = serverClock(NOON, () => device);
    device += 300;
    expect(clock.now()).toBe(NOON);
  });

  it('goes on from there while no answer is heard', () => {
    let device = 17;
    const clock = serverClock(NOON, () => device);
    clock.start();
    clock.hear({ date: 'no date at all', sentAt: 1, receivedAt: 2 });
    device += 5_000;
    expect(clock.now()).toBe(NOON + 5_000);
  });

  it('is never before the moment the page was rendered, so that a new hold does not begin with a second too many', () => {
    let device = 17;
    const clock = serverClock(NOON + 900, () => device);
    clock.start();
    clock.hear({ date: httpDate(NOON + 920), sentAt: 20, receivedAt: 37 });
    device = 37;
    expect(clock.now()).toBeGreaterThanOrEqual(NOON + 920);
    expect(clock.now()).toBeLessThan(NOON + 1_100);
  });

  it('is as the services say where the server that renders has another time', () => {
    const device = 17;
    const clock = serverClock(NOON + 60_000, () => device);
    clock.start();
    clock.hear({ date: httpDate(NOON), sentAt: 17, receivedAt: 17 });
    expect(Math.abs(clock.now() - NOON)).toBeLessThan(1_100);
  });

  it('is found again after somebody set the device’s clock', () => {
    let device = NOON;
    const clock = serverClock(0, () => device);
    clock.hear(answer(device, { ahead: 0, there: 10, back: 10 }));
    device = NOON + 3_600_000;
    clock.hear(answer(device, { ahead: -3_599_000, there: 10, back: 10 }));
    expect(Math.abs(clock.now() - (NOON + 1_000))).toBeLessThan(600);
  });
});

describe('a service’s clock, to the server that renders', () => {
  it('is its own to the millisecond, as long as it agrees with the second of the answer', () => {
    // By the second alone, a hold of 15:00 that was made now would show as 15:01.
    expect(serviceTime(httpDate(NOON), NOON + 640)).toBe(NOON + 640);
    expect(serviceTime(httpDate(NOON), NOON)).toBe(NOON);
  });

  it('is what the service says where its own has another time', () => {
    expect(serviceTime(httpDate(NOON), NOON - 60_000)).toBe(NOON);
    expect(Math.abs(serviceTime(httpDate(NOON), NOON + 60_000) - NOON)).toBeLessThanOrEqual(1_100);
  });

  it('is its own where the answer does not say', () => {
    expect(serviceTime('', NOON)).toBe(NOON);
  });
});
