import { describe, expect, it } from '@jest/globals';
import { judge, type Session } from '../src/session.ts';

const at = (time: string) => new Date(`2026-11-22T${time}Z`);
const seconds = (date: Date) => date.getTime() / 1000;

const signedInAt = (began: Date) => {
  const session: Session = { sid: 's', userId: 'u', createdAt: began, lastUsedAt: began };
  const iat = seconds(began);
  return { session, claims: { id: 'u', email: 'ada@example.com', sid: 's', iat, exp: iat + 3600 } };
};

describe('a token', () => {
  const { session, claims } = signedInAt(at('12:00:00'));

  it('is fresh for half an hour', () => {
    expect(judge(claims, session, at('12:00:00'))).toBe('fresh');
    expect(judge(claims, session, at('12:29:59'))).toBe('fresh');
  });

  it('is due to be renewed from then on, also when it has run out', () => {
    expect(judge(claims, session, at('12:30:00'))).toBe('due');
    expect(judge(claims, session, at('23:59:59'))).toBe('due');
  });

  it('is fresh where our clock is behind the one that signed it', () => {
    expect(judge(claims, session, at('11:59:00'))).toBe('fresh');
  });

  it('is worth nothing once its session was ended', () => {
    expect(judge(claims, undefined, at('12:00:01'))).toBe('over');
  });

  it('is worth nothing once its session has been idle for 30 days, a moment before it is due', () => {
    expect(judge(claims, session, new Date('2026-12-22T11:59:59Z'))).toBe('due');
    expect(judge(claims, session, new Date('2026-12-22T12:00:00Z'))).toBe('over');
  });

  it('is worth nothing with the session of somebody else', () => {
    expect(judge(claims, { ...session, userId: 'v' }, at('12:00:01'))).toBe('over');
  });
});
