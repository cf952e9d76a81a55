/** The punches of the shop, as each conductor had one of his own: SVG paths in boxes of 24. */
const punches = {
  circle: 'M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19z',
  square: 'M3.5 3.5h17v17h-17z',
  diamond: 'M12 1l11 11-11 11L1 12z',
  cross: 'M8 2h8v6h6v8h-6v6H8v-6H2V8h6z',
  star: 'M12 1.5l2.9 7.4 7.9.5-6.1 5.1 2 7.6L12 17.8l-6.7 4.3 2-7.6-6.1-5.1 7.9-.5z',
  moon: 'M15 2a10.5 10.5 0 1 0 6.5 16A9.5 9.5 0 0 1 15 2z',
  triangle: 'M12 2l11 20H1z',
  keyhole: 'M12 1a6.5 6.5 0 0 1 3.5 12L18 23H6l2.5-10A6.5 6.5 0 0 1 12 1z',
  heart: 'M12 22L2 11.5a5.6 5.6 0 0 1 10-6.5 5.6 5.6 0 0 1 10 6.5z',
  half: 'M1 17.5a11 11 0 0 1 22 0z',
  hourglass: 'M2 2h20l-7 10 7 10H2l7-10z',
  clover: 'M7.5 7.5a4.8 4.8 0 1 1 9 0 4.8 4.8 0 1 1 0 9 4.8 4.8 0 1 1-9 0 4.8 4.8 0 1 1 0-9z',
} as const;

export type Shape = keyof typeof punches;

export const shapes = Object.keys(punches) as Shape[];

export const pathOf = (shape: Shape): string => punches[shape];

/** FNV-1a, 32 bits, stirred at the end: ids of people who came one after the other differ in one digit only. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** The two shapes of a person, the same everywhere and always; never the same one twice. */
export const shapesOf = (userId: string): readonly [Shape, Shape] => {
  const hash = hashOf(userId);
  const { length } = shapes;
  const first = hash % length;
  const second = (first + 1 + (Math.floor(hash / length) % (length - 1))) % length;
  return [shapes[first] ?? 'circle', shapes[second] ?? 'cross'];
};
