import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process started, in the units of its system (only to be compared for equality), or undefined when no
 * such process runs. A pid alone does not name a process, because pids are used again; a pid with its start
 * time does.
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
export const startTimeOf = (pid) => (process.platform === 'linux' ? fromProc(pid) : fromPs(pid));

/**
 * Is the process that had this pid and start time still running? A zombie counts as gone.
 *
 * @param {{ pid: number, startTime: string | undefined }} identity
 */
export const isRunning = ({ pid, startTime }) => startTime !== undefined && startTimeOf(pid) === startTime;

/** @param {number} pid */
const fromProc = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the second field is the name in parentheses, which may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

/** @param {number} pid */
const fromPs = (pid) => {
  try {
    const [state = '', ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    })
      .trim()
      .split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
};
