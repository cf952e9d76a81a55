import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@ticketing/common/service';
import { type FrontDesk, GOOD_PASSWORD, openFrontDesk } from './front-desk.ts';

let desk: FrontDesk;
beforeAll(async () => {
  desk = await openFrontDesk();
});
afterAll(() => desk.end());

describe('signing up', () => {
  it('opens an account and signs in', async () => {
    const visitor = desk.visitor();
    const signedUp = await visitor.signUp('ada@example.com');
    expect(signedUp.status).toBe(201);
    expect(signedUp.body).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), email: 'ada@example.com' });

    const { body } = await visitor.currentUser();
    expect(body.currentUser).toMatchObject(signedUp.body);
    expect(body.currentUser.iat).toBeGreaterThan(Date.now() / 1000 - 60);
  });

  it('keeps an email trimmed and in lower case, whichever way it was typed', async () => {
    const { status, body } = await desk.visitor().signUp('  Grace.HOPPER@Example.COM ');
    expect(status).toBe(201);
    expect(body.email).toBe('grace.hopper@example.com');
    expect((await desk.visitor().signIn('GRACE.hopper@example.com')).status).toBe(200);
  });

  it('refuses an email that somebody has already, in any case', async () => {
    await desk.visitor().signUp('taken@example.com');
    const visitor = desk.visitor();
    const { status, body } = await visitor.signUp('Taken@EXAMPLE.com', 'quite another phrase');
    expect(status).toBe(400);
    expect(body).toEqual({
      errors: [{ message: 'Email in use', field: 'email', code: 'email_in_use' }],
    });
    expect(visitor.cookie).toBeUndefined();
    expect((await desk.visitor().signIn('taken@example.com')).status).toBe(200);
  });

  it('takes an international email, and knows it again however it is written', async () => {
    const { status, body } = await desk.visitor().signUp('Zoe\u0308@B\u00fccher.example');
    expect(status).toBe(201);
    expect(body.email).toBe('zo\u00eb@b\u00fccher.example');
    expect((await desk.visitor().signUp('ZO\u00cb@xn--bcher-kva.example')).body.errors[0].code).toBe(
      'email_in_use',
    );
  });

  it.each([
    ['nothing before the @', '@example.com'],
    ['no domain', 'ada@'],
    ['no @', 'ada.example.com'],
    ['a domain without a dot', 'ada@localhost'],
    ['a name with a space in it', 'ada lovelace@example.com'],
    ['a second address', 'ada@example.com,eve@example.com'],
    ['a line break, which could become a header', 'ada@example.com\nBcc: eve@example.com'],
    ['a null byte', 'ada\u0000@example.com'],
    ['a control character in quotes', '"ad\u0001a"@example.com'],
    ['a line break in quotes', '"ad\na"@example.com'],
    ['something behind the domain, which a URL could have', 'eve@example.com#x'],
    ['a path', 'eve@example.com/x'],
    ['an encoded letter in its domain', 'eve@ex%61mple.com'],
    ['a character without a width', 'ev\u200be@example.com'],
    ['a soft hyphen in its domain', 'eve@exam\u00adple.com'],
    ['only spaces', '   '],
    ['half a character', 'ada\ud800@example.com'],
    ['more than 254 bytes', `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(4)}com`],
    [
      'fewer characters than 254, but more bytes',
      `${'ü'.repeat(30)}@${`${'ü'.repeat(30)}.`.repeat(4)}example`,
    ],
  ])('refuses an email with %s', async (_what, email) => {
    const { status, body } = await desk.visitor().signUp(email);
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { message: expect.stringMatching(/^Email /), field: 'email', code: 'invalid_field' },
    ]);
  });

  it('says all that is wrong at once, a line a field', async () => {
    const { status, body } = await desk.visitor().signUp('nobody', 'short');
    expect(status).toBe(400);
    expect(body.errors.map((line: { field: string }) => line.field)).toEqual(['email', 'password']);
  });

  it.each([
    ['shorter than 8 characters', 'tram 12'],
    ['longer than 128 characters', `${'tram 12 '.repeat(16)}!`],
    ['of four emoji, each of which counts as one', '🚋🎻🫖🧦'],
    ['everybody uses', 'Password123'],
    ['that is a row of digits', '87654321'],
    ['that repeats itself', 'abcabcabcabc'],
    ['that is the email', 'easy.guess@example.com'],
    ['that is the name in the email', 'Easy.Guess'],
    ['with half a character', 'brass kettle \ud800'],
  ])('refuses a password %s', async (_what, password) => {
    const { status, body } = await desk.visitor().signUp('Easy.Guess@example.com', password);
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { message: expect.stringMatching(/^Password /), field: 'password', code: 'invalid_field' },
    ]);
  });

  it.each([
    ['exactly 8 characters', 'tram 12?'],
    ['exactly 128 characters', `${'tram 12 '.repeat(15)}12345 78`],
    ['of eight emoji', '🚋🎻🫖🧦🪵🪴🥁🪁'],
    ['with spaces at both ends, which count', '  kettle on  '],
    ['with a null byte', 'kettle\u0000on the tram'],
  ])('takes a password of %s', async (what, password) => {
    const email = `${what.replaceAll(/\W/g, '')}@example.com`;
    expect((await desk.visitor().signUp(email, password)).status).toBe(201);
    expect((await desk.visitor().signIn(email, password)).status).toBe(200);
    expect((await desk.visitor().signIn(email, password.trim().slice(0, 7))).status).toBe(400);
  });

  it('knows a password again from a keyboard that composes accents differently', async () => {
    await desk.visitor().signUp('accents@example.com', 'caf\u00e9 au lait');
    expect((await desk.visitor().signIn('accents@example.com', 'cafe\u0301 au lait')).status).toBe(200);
    expect((await desk.visitor().signIn('accents@example.com', 'cafe au lait')).status).toBe(400);
  });

  it('never stores or tells the password', async () => {
    const { body } = await desk.visitor().signUp('secret@example.com');
    expect(JSON.stringify(body)).not.toContain('assword');
    const stored = await desk.mongo.collection('users').findOne({ email: 'secret@example.com' });
    expect(JSON.stringify(stored)).not.toContain(GOOD_PASSWORD);
    expect(stored?.passwordHash).toMatch(/^\$scrypt\$ln=\d+,r=8,p=\d\$/);
  });
});

describe('signing in', () => {
  beforeAll(async () => {
    await desk.visitor().signUp('regular@example.com');
  });

  it('lets in whoever has the password', async () => {
    const visitor = desk.visitor();
    const { status, body } = await visitor.signIn('regular@example.com');
    expect(status).toBe(200);
    expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), email: 'regular@example.com' });
    expect((await visitor.currentUser()).body.currentUser).toMatchObject(body);
  });

  it('answers a wrong password and an unknown email in the same words', async () => {
    const wrong = await desk.visitor().signIn('regular@example.com', 'not the password');
    const unknown = await desk.visitor().signIn('stranger@example.com', 'not the password');
    for (const { status, body, cookie } of [wrong, unknown]) {
      expect(status).toBe(400);
      expect(body).toEqual({ errors: [{ message: 'Invalid credentials', code: 'invalid_credentials' }] });
      expect(cookie).toBeUndefined();
    }
    const told = ({ headers }: typeof wrong) =>
      [...headers.entries()].filter(([name]) => !['date', 'x-request-id'].includes(name));
    expect(told(wrong)).toEqual(told(unknown));
  });

  it('answers a short or common password as a wrong one: rules for new passwords tell nothing here', async () => {
    for (const password of ['x', 'password']) {
      const { body } = await desk.visitor().signIn('regular@example.com', password);
      expect(body.errors[0].code).toBe('invalid_credentials');
    }
  });

  it('minds the case of a password and the spaces around it', async () => {
    for (const password of [GOOD_PASSWORD.toUpperCase(), ` ${GOOD_PASSWORD}`, `${GOOD_PASSWORD} `]) {
      expect((await desk.visitor().signIn('regular@example.com', password)).status).toBe(400);
    }
  });

  it('refuses a password too long to be one, without hashing it', async () => {
    const { status, body } = await desk.visitor().signIn('regular@example.com', 'x'.repeat(129));
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ field: 'password', code: 'invalid_field' });
  });
});

describe('the log', () => {
  it('never holds a password, a right or a wrong one, however much is logged', async () => {
    const lines: string[] = [];
    const logger = createLogger('auth', 'trace', { write: (line: string) => lines.push(line) });
    const watched = await openFrontDesk({ logger });
    const wrong = 'copper kettle in the rain';
    await watched.visitor().signUp('watched@example.com');
    await watched.visitor().signUp('watched@example.com');
    await watched.visitor().signUp('nobody', wrong);
    await watched.visitor().signIn('watched@example.com');
    await watched.visitor().signIn('watched@example.com', wrong);
    await watched.visitor().signIn('stranger@example.com', wrong);
    await watched.visitor().ask('POST', '/api/users/signin', { body: `{"password":"${wrong}"` });
    // A stored hash that is none: what was asked fails, and failures are logged with all there is.
    await watched.mongo.collection('users').updateMany({}, { $set: { passwordHash: 'none' } });
    expect((await watched.visitor().signIn('watched@example.com')).status).toBe(500);
    await watched.end();

    const log = lines.join('');
    expect(lines.filter((line) => line.includes('/api/users/sign')).length).toBeGreaterThanOrEqual(8);
    expect(log).toContain('not one of ours');
    for (const password of [GOOD_PASSWORD, wrong]) expect(log).not.toContain(password);
  });
});

describe('many at once', () => {
  it('lets exactly one of 20 have an email, in whatever case they type it', async () => {
    const typed = Array.from({ length: 20 }, (_, n) =>
      [...'rush@example.com'].map((c, i) => ((n >> (i % 5)) & 1 ? c.toUpperCase() : c)).join(''),
    );
    const answers = await Promise.all(typed.map((email) => desk.visitor().signUp(email)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused).toHaveLength(19);
    for (const { body } of refused) {
      expect(body.errors).toEqual([{ message: 'Email in use', field: 'email', code: 'email_in_use' }]);
    }
    expect(await desk.mongo.collection('users').countDocuments({ email: 'rush@example.com' })).toBe(1);
  });

  it('gives each of many different people their own account', async () => {
    const emails = Array.from({ length: 20 }, (_, n) => `guest-${n}@example.com`);
    const answers = await Promise.all(emails.map((email) => desk.visitor().signUp(email)));
    expect(answers.map(({ status }) => status)).toEqual(emails.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(20);
  });
});
