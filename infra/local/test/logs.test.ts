import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { followLogs, type LogFollower, lastLines, rotateLog } from '../supervisor/log-files.ts';
import { logFormatter, readLogLine } from '../supervisor/log-line.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder('logs');
let files = 0;
const newFile = (): string => {
  files += 1;
  return path.join(folder, `${files}.log`);
};

const at = (time: number, msg: string): string => JSON.stringify({ level: 30, time, service: 'x', msg });
const format = logFormatter();

describe('a line of a log', () => {
  it('is shown with its time, who wrote it, what it says and what else it has', () => {
    const time = new Date(2026, 10, 22, 9, 5, 7, 42).getTime();
    const line = JSON.stringify({
      level: 40,
      time,
      pid: 1,
      service: 'tickets',
      msg: 'slow',
      ms: 70,
      path: '/a',
    });
    expect(format(readLogLine('tickets', line))).toBe('09:05:07.042 tickets      warn slow ms=70 path=/a');
  });

  it('of an error has its stack below', () => {
    const line = JSON.stringify({
      level: 50,
      msg: 'request failed',
      err: { stack: 'Error: no\n    at a\n    at b' },
    });
    expect(format(readLogLine('auth', line)).split('\n')).toEqual([
      '             auth         error request failed',
      '             auth         Error: no',
      '             auth             at a',
      '             auth             at b',
    ]);
  });

  it.each(['Listening', '{"no": "log"}', '{broken', 'null'])(
    'that is no record is shown as it is: %s',
    (line) => {
      expect(readLogLine('client', line)).toMatchObject({ message: line, level: 'info' });
    },
  );

  it('cannot steer the terminal it is shown in', () => {
    const line = JSON.stringify({ level: 30, msg: '\u001b[2J\u0007hello', title: '\u009b1m\r\nfake line' });
    expect(format(readLogLine('tickets', line))).not.toMatch(/\p{Cc}/u);
    expect(format(readLogLine('tickets', '\u001b]0;mine\u0007'))).not.toMatch(/\p{Cc}/u);
  });

  it('has the colour of its service, where there are colours', () => {
    const coloured = logFormatter({ colours: true });
    const line = (service: string) => coloured(readLogLine(service, at(0, 'ready')));
    expect(line('tickets')).toContain('\u001b[36mtickets');
    expect(line('auth')).toContain('\u001b[35mauth');
    expect(line('tickets')).toContain('\u001b[36mtickets');
  });
});

describe('the logs of a run', () => {
  let follower: LogFollower | undefined;
  afterEach(() => follower?.close());

  it('are shown merged by time, from where they stood on', () => {
    const [a, b] = [newFile(), newFile()];
    writeFileSync(a, `${at(1, 'of the run before')}\n`);
    const shown: string[] = [];
    follower = followLogs(({ service, message }) => shown.push(`${service}: ${message}`));
    follower.follow('a', a);
    follower.follow('b', b);
    appendFileSync(a, `${at(10, 'first')}\n${at(30, 'third')}\nwithout a time\n`);
    appendFileSync(b, `${at(20, 'second')}\n${at(40, 'fourth')}\n`);
    follower.flush();
    expect(shown).toEqual(['a: first', 'b: second', 'a: third', 'a: without a time', 'b: fourth']);
  });

  it('are shown by whole lines, whatever pieces they are written in', () => {
    const file = newFile();
    const shown: string[] = [];
    follower = followLogs(({ message }) => shown.push(message));
    follower.follow('a', file);
    const bytes = Buffer.from(`${at(1, 'Köln')}\n`);
    const middleOfTheUmlaut = bytes.indexOf('ö') + 1;
    appendFileSync(file, bytes.subarray(0, middleOfTheUmlaut));
    follower.flush();
    expect(shown).toEqual([]);
    appendFileSync(file, bytes.subarray(middleOfTheUmlaut));
    follower.flush();
    expect(shown).toEqual(['Köln']);
  });

  it('are kept for five runs', () => {
    const file = newFile();
    for (let run = 1; run <= 7; run += 1) {
      rotateLog(file);
      writeFileSync(file, `run ${run}`);
    }
    const kept = [file, ...[1, 2, 3, 4].map((age) => `${file}.${age}`)];
    expect(kept.map((each) => readFileSync(each, 'utf8'))).toEqual(
      [7, 6, 5, 4, 3].map((run) => `run ${run}`),
    );
    expect(existsSync(`${file}.5`)).toBe(false);
  });

  it('end with what a person wants to see when a service dies', () => {
    const file = newFile();
    writeFileSync(file, Array.from({ length: 5_000 }, (_, n) => `${at(n, `line ${n}`)}\n`).join(''));
    expect(lastLines(file, 'tickets', 2).map(({ message }) => message)).toEqual(['line 4998', 'line 4999']);
    expect(lastLines(path.join(folder, 'none'), 'tickets')).toEqual([]);
  });
});
