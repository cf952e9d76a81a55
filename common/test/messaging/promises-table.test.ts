import { describe, expect, it } from '@jest/globals';
import { readmeWithTable } from '../../scripts/promises-table.ts';

describe('the README', () => {
  it('says of each broker what the conformance suite holds it to', async () => {
    const { is, shouldBe } = await readmeWithTable();
    expect(is).toBe(shouldBe);
  });
});
