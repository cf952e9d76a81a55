import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { type LogLine, readLogLine } from './log-line.ts';

/** How many runs' logs are kept, the present one included. */
const RUNS_KEPT = 5;
const LOOK_MS = 100;
const CHUNK_BYTES = 64 * 1024;
/** A line that never ends is shown in pieces. */
const LINE_LIMIT = 256 * 1024;

/** Makes room for the log of this run: `tickets.log` becomes `tickets.log.1`, and so on. */
export const rotateLog = (file: string): void => {
  for (let age = RUNS_KEPT - 1; age >= 1; age -= 1) {
    const from = age === 1 ? file : `${file}.${age - 1}`;
    if (existsSync(from)) renameSync(from, `${file}.${age}`);
  }
};

/** The last lines of a log, for a message. */
export const lastLines = (file: string, service: string, count = 15): readonly LogLine[] => {
  if (!existsSync(file)) return [];
  const log = openSync(file, 'r');
  try {
    const { size } = fstatSync(log);
    const start = Math.max(0, size - CHUNK_BYTES);
    const bytes = Buffer.alloc(size - start);
    const read = readSync(log, bytes, 0, bytes.length, start);
    return bytes
      .toString('utf8', 0, read)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map((line) => readLogLine(service, line));
  } finally {
    closeSync(log);
  }
};

export interface LogFollower {
  /** From its present end on. */
  follow(service: string, file: string): void;
  /** Shows what is there by now. */
  flush(): void;
  close(): void;
}

interface Followed {
  readonly service: string;
  readonly log: number;
  position: number;
  readonly decoder: StringDecoder;
  /** The beginning of a line whose end is not there yet. */
  rest: string;
  lastTime: number;
}

/**
 * Shows what processes write to their logs, soon after they did, merged by time. It looks at the files now and
 * then, instead of standing between the processes and their logs: see `launch`.
 */
export const followLogs = (show: (line: LogLine) => void): LogFollower => {
  const followed: Followed[] = [];
  const chunk = Buffer.alloc(CHUNK_BYTES);

  const flush = (): void => {
    const lines: { line: LogLine; time: number }[] = [];
    for (const one of followed) {
      for (;;) {
        const read = readSync(one.log, chunk, 0, chunk.length, one.position);
        if (read === 0) break;
        one.position += read;
        const parts = (one.rest + one.decoder.write(chunk.subarray(0, read))).split('\n');
        one.rest = parts.pop() ?? '';
        if (one.rest.length > LINE_LIMIT) parts.push(one.rest.slice(0, LINE_LIMIT));
        if (one.rest.length > LINE_LIMIT) one.rest = '';
        for (const part of parts.filter((each) => each.trim() !== '')) {
          const line = readLogLine(one.service, part);
          // One that does not say when it was stays behind the one before it.
          one.lastTime = line.time ?? one.lastTime;
          lines.push({ line, time: one.lastTime });
        }
      }
    }
    for (const { line } of lines.sort((a, b) => a.time - b.time)) show(line);
  };
  const timer = setInterval(flush, LOOK_MS);
  timer.unref();

  return {
    follow(service, file) {
      const log = openSync(file, 'a+', 0o600);
      followed.push({
        service,
        log,
        position: fstatSync(log).size,
        decoder: new StringDecoder('utf8'),
        rest: '',
        lastTime: 0,
      });
    },
    flush,
    close() {
      clearInterval(timer);
      flush();
      for (const { log } of followed.splice(0)) closeSync(log);
    },
  };
};
