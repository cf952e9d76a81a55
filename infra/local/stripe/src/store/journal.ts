import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/** The journal cannot be read, or no longer be written. Whoever promised durability must stop promising. */
export class JournalFailed extends Error {
  override readonly name = 'JournalFailed';
}

export interface JournalOptions {
  /** Its folder is made. */
  readonly file: string;
  /** Gets every line that was written before, in order. */
  readonly replay: (line: string) => void;
  /** What the lines so far amount to, as lines. Taken at one moment; read at leisure. */
  readonly snapshot: () => Iterable<string>;
  /** Bytes beyond which the journal is replaced by its snapshot, at a start and while it runs. */
  readonly compactAt?: number;
}

export interface Journal {
  /** Takes a line without a line break; it is on the disk once `settled` resolves. */
  append(line: string): void;
  /** Resolves when everything appended so far is on the disk. @throws {JournalFailed} */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const COMPACT_AT = 256 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/**
 * An append-only file, a line a change. What was appended before a `settled` survives `kill -9` and a power cut: it is
 * written through (fdatasync). Those who wait at the same time share one write.
 *
 * A crash leaves at most one half line at the end, which nobody was told of; it is cut off at the next start.
 * @throws {JournalFailed} when a line before the end cannot be read
 */
export const openJournal = async (options: JournalOptions): Promise<Journal> => {
  const { file, replay, snapshot, compactAt = COMPACT_AT } = options;
  await mkdir(path.dirname(file), { recursive: true });
  let handle = await open(file, 'a+', 0o600);
  let size = await replayLines(handle, file, replay);
  await handle.truncate(size);
  await syncFolder(file);
  /** Doubles with what must be kept, so that a large state is not copied again and again. */
  let limit = compactAt;

  let waiting: string[] = [];
  let appended = 0;
  let written = 0;
  let isWriting = false;
  let writing: Promise<void> = Promise.resolve();
  let failure: JournalFailed | undefined;
  let listeners: { readonly upTo: number; hear(): void }[] = [];

  const tellListeners = (): void => {
    const told = listeners.filter(({ upTo }) => failure !== undefined || upTo <= written);
    listeners = listeners.filter((each) => !told.includes(each));
    for (const { hear } of told) hear();
  };

  const compact = async (): Promise<void> => {
    const fresh = `${file}.new`;
    const next = await open(fresh, 'w', 0o600);
    size = 0;
    for (const chunk of inChunks(snapshot())) {
      await next.appendFile(chunk);
      size += chunk.length;
    }
    await next.sync();
    await next.close();
    await rename(fresh, file);
    await syncFolder(file);
    await handle.close();
    handle = await open(file, 'a', 0o600);
    limit = Math.max(compactAt, 2 * size);
  };

  /** Writes until nothing waits. Runs once at a time; whoever appends meanwhile is part of the next batch. */
  const write = async (): Promise<void> => {
    isWriting = true;
    try {
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        const bytes = Buffer.from(batch.join(''));
        await handle.appendFile(bytes);
        await handle.datasync();
        size += bytes.length;
        written += batch.length;
        tellListeners();
        if (size > limit) await compact();
      }
    } catch (error) {
      failure = new JournalFailed(`${file} cannot be written: ${String(error)}`);
      tellListeners();
    } finally {
      isWriting = false;
    }
  };

  const settled = async (): Promise<void> => {
    if (failure === undefined && written < appended) {
      await new Promise<void>((hear) => {
        listeners.push({ upTo: appended, hear });
      });
    }
    if (failure !== undefined) throw failure;
  };

  if (size > limit) await compact();
  return {
    append(line) {
      if (failure !== undefined) throw failure;
      waiting.push(`${line}\n`);
      appended += 1;
      if (!isWriting) writing = write();
    },
    settled,
    async close() {
      await writing;
      await handle.close();
    },
  };
};

/** @returns the length of the whole lines, in bytes */
const replayLines = async (
  handle: FileHandle,
  file: string,
  replay: (line: string) => void,
): Promise<number> => {
  let whole = 0;
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK })) {
    rest = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, from)) {
      number += 1;
      try {
        replay(rest.toString('utf8', from, end));
      } catch (error) {
        throw new JournalFailed(
          `${file} is damaged in line ${number} (${String(error)}). Delete it to begin without payments.`,
        );
      }
      from = end + 1;
    }
    whole += from;
    rest = rest.subarray(from);
  }
  return whole;
};

function* inChunks(lines: Iterable<string>): Iterable<Buffer> {
  let pending: string[] = [];
  let length = 0;
  for (const line of lines) {
    pending.push(line, '\n');
    length += line.length;
    if (length > CHUNK) {
      yield Buffer.from(pending.join(''));
      pending = [];
      length = 0;
    }
  }
  yield Buffer.from(pending.join(''));
}

/** A file that was made or renamed is there after a power cut only if its folder is written too. */
const syncFolder = async (file: string): Promise<void> => {
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
