import { describe, expect, it } from '@jest/globals';
import { reportPath } from '../../shared/report-path.ts';
import { fieldsOf, placeOf, readTarget } from './target.ts';

const id = '66f1c0de5eed000000000001';

describe('what is reported', () => {
  it.each([
    [{ postId: id }, { kind: 'post', postId: id }, `/community/${id}`],
    [{ commentId: id }, { kind: 'comment', commentId: id }, '/community'],
    [{ handle: 'mira_oe' }, { kind: 'person', handle: 'mira_oe' }, '/people/mira_oe'],
  ] as const)('is the one thing that the address names: %j', (query, target, place) => {
    expect(readTarget(query)).toEqual(target);
    expect(placeOf(target)).toBe(place);
    expect(
      readTarget(Object.fromEntries(new URL(reportPath(fieldsOf(target)), 'http://any').searchParams)),
    ).toEqual(target);
  });

  it.each([
    [{}],
    [{ postId: id, handle: 'mira_oe' }],
    [{ postId: 'x', handle: 'mira_oe' }],
    [{ postId: '../../signout' }],
    [{ handle: ['mira_oe', 'ada'] }],
    [{ handle: 'no handle' }],
  ])('is nothing where it names none, or several, or what cannot be one: %j', (query) => {
    expect(readTarget(query)).toBeUndefined();
  });

  it('leads back to where one came from', () => {
    expect(reportPath({ commentId: id }, '/community/1#2')).toBe(
      `/community/report?commentId=${id}&back=%2Fcommunity%2F1%232`,
    );
  });
});
