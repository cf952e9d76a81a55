import process from 'node:process';
import { styleText } from 'node:util';
import { type LogLine, logFormatter } from './log-line.ts';

/** Where a person watches; a terminal or not. */
export interface Console {
  /** What is being done, with the seconds since the command began. */
  progress(line: string): void;
  /** As it is. */
  say(text: string): void;
  /** What went wrong, and what to do. */
  complain(text: string): void;
  showLog(line: LogLine): void;
  close(): void;
}

export const openConsole = (since: number): Console => {
  const { stdout, stderr } = process;
  // Whoever read our output may go away (`npm start | head`, a terminal that is closed); we work on.
  const ignore = () => {};
  stdout.on('error', ignore);
  stderr.on('error', ignore);

  // Knows of NO_COLOR, FORCE_COLOR and terminals without colours.
  const colours = stdout.isTTY === true && stdout.hasColors();
  const format = logFormatter({ colours });
  const paint = (text: string) => (colours ? styleText('bold', text, { validateStream: false }) : text);
  const elapsed = () => `${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s`;

  return {
    progress: (line) => {
      stdout.write(`${elapsed()}  ${paint(line)}\n`);
    },
    say: (text) => {
      stdout.write(`${text}\n`);
    },
    complain: (text) => {
      stderr.write(`\n${text}\n`);
    },
    showLog: (line) => {
      stdout.write(`${format(line)}\n`);
    },
    close: () => {
      stdout.off('error', ignore);
      stderr.off('error', ignore);
    },
  };
};
