import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Like } from '../../shared/api/types.ts';
import { type LikeState, liking, withLike } from './liking.ts';

const away = new ApiError(503, [{ message: 'Away', code: 'unavailable' }]);

/** A post that eleven others like, and a service that answers when the test says so. */
const button = () => {
  const told: LikeState[] = [];
  const answers: Like[] = [];
  const asked: { wanted: boolean; answer(): Promise<void>; fail(): Promise<void> }[] = [];
  const { press } = liking({
    known: { likes: 11, likedByMe: false },
    ask: (wanted) =>
      new Promise((resolve, reject) => {
        const after = () => new Promise<void>((done) => setTimeout(done));
        asked.push({
          wanted,
          answer: () => {
            resolve({ likes: wanted ? 12 : 11, likedByMe: wanted });
            return after();
          },
          fail: () => {
            reject(away);
            return after();
          },
        });
      }),
    tell: (state) => told.push(state),
    onAnswer: (answer) => answers.push(answer),
  });
  return { press: () => void press(), told, answers, asked };
};

describe('a like', () => {
  it('is shown at once, and then as the service has counted', async () => {
    const { press, told, answers, asked } = button();
    press();
    expect(told).toEqual([{ shown: { likes: 12, likedByMe: true } }]);
    await asked[0]?.answer();
    expect(told.at(-1)).toEqual({ shown: { likes: 12, likedByMe: true } });
    expect(answers).toEqual([{ likes: 12, likedByMe: true }]);
  });

  it('that fails is taken back, and says why', async () => {
    const { press, told, asked } = button();
    press();
    await asked[0]?.fail();
    expect(told.at(-1)).toEqual({ shown: { likes: 11, likedByMe: false }, error: away });
    press();
    expect(told.at(-1)).toEqual({ shown: { likes: 12, likedByMe: true } });
  });

  it('that is taken back before it is answered is asked for one after the other', async () => {
    const { press, told, asked } = button();
    press();
    press();
    expect(told.at(-1)).toEqual({ shown: { likes: 11, likedByMe: false } });
    expect(asked.map(({ wanted }) => wanted)).toEqual([true]);
    await asked[0]?.answer();
    expect(asked.map(({ wanted }) => wanted)).toEqual([true, false]);
    await asked[1]?.answer();
    expect(told.at(-1)).toEqual({ shown: { likes: 11, likedByMe: false } });
  });

  it('pressed three times is asked for once', async () => {
    const { press, told, asked } = button();
    press();
    press();
    press();
    await asked[0]?.answer();
    expect(asked).toHaveLength(1);
    expect(told.at(-1)).toEqual({ shown: { likes: 12, likedByMe: true } });
  });

  it('of what is liked already changes no count', () => {
    expect(withLike({ likes: 3, likedByMe: true }, true)).toEqual({ likes: 3, likedByMe: true });
    expect(withLike({ likes: 0, likedByMe: true }, false)).toEqual({ likes: 0, likedByMe: false });
  });
});
