/**
 * Downloads mongod into a folder and prints the path of the executable as its last line: `node download-mongod.mjs <folder>
 * <version>`. A process of its own, because mongodb-memory-server takes some settings from the environment
 * only, and so that it can be given up after a time.
 */
import { MongoBinary } from 'mongodb-memory-server-core';

const [downloadDir = '', version = ''] = process.argv.slice(2);
try {
  process.stdout.write(
    `${await MongoBinary.getPath({ version, downloadDir, checkMD5: true, systemBinary: '' })}\n`,
  );
} catch (error) {
  process.stderr.write(`${(error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ')}\n`);
  process.exitCode = 1;
}
