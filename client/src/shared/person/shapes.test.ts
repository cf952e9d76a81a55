import { describe, expect, it } from '@jest/globals';
import { pathOf, shapes, shapesOf } from './shapes.ts';

/** Ids as auth gives them to people who come one after the other. */
const people = Array.from({ length: 2_640 }, (_, at) => `66f1c0de5eed${at.toString(16).padStart(12, '0')}`);

describe('the mark of a person', () => {
  it('is the same everywhere and always', () => {
    expect(shapesOf('66f1c0de5eed000000000001')).toEqual(shapesOf('66f1c0de5eed000000000001'));
    expect(shapesOf('66f1c0de5eed000000000001')).toEqual(['square', 'half']);
  });

  it('is two different ones of twelve shapes', () => {
    expect(shapes).toHaveLength(12);
    expect(new Set(shapes.map(pathOf)).size).toBe(12);
    for (const [first, second] of people.map(shapesOf)) {
      expect(shapes).toContain(first);
      expect(shapes).toContain(second);
      expect(first).not.toBe(second);
    }
  });

  it('tells those apart who came one after the other, and uses all marks there are alike', () => {
    const marks = people.map((id) => shapesOf(id).join(' '));
    const counts = new Map<string, number>();
    for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
    expect(counts.size).toBe(12 * 11);
    expect(Math.max(...counts.values())).toBeLessThan(50);
    const alike = marks.filter((mark, at) => mark === marks[at - 1]);
    expect(alike.length).toBeLessThan(people.length / 50);
  });
});
