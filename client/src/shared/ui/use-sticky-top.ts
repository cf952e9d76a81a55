'use client';
import { type RefObject, useLayoutEffect } from 'react';

/** Between what sticks and what is scrolled to, in pixels: room for the label of a field that has the focus. */
const GAP = 48;
/** What takes more of the window does not stick: the rest would have no room to go by in. */
const MOST = 0.6;

/**
 * Tells the page how much of its top is covered by something that sticks there and whose height is known by its content
 * only. Whatever gets the focus, or is scrolled to, then comes to lie below it. What would leave the rest too little room
 * gets `data-too-tall`, for which a style sheet lets it scroll away.
 * @param isSticky whether it sticks at all
 * @param whole sticks where there is room beside it
 * @param part of it, which sticks instead on a narrow page
 */
export const useStickyTop = (
  isSticky: boolean,
  whole: RefObject<HTMLElement | null>,
  part: RefObject<HTMLElement | null>,
): void => {
  useLayoutEffect(() => {
    if (!isSticky) return;
    const { style } = document.documentElement;
    const elements = [whole.current, part.current].filter((element) => element !== null);
    const measure = (): void => {
      const heights = elements.map((element) => {
        const { offsetHeight } = element;
        element.toggleAttribute('data-too-tall', offsetHeight > window.innerHeight * MOST);
        return getComputedStyle(element).position === 'sticky' ? offsetHeight : 0;
      });
      const covered = Math.max(...heights);
      style.scrollPaddingTop = covered === 0 ? '' : `${covered + GAP}px`;
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const element of elements) observer.observe(element);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
      style.scrollPaddingTop = '';
    };
  }, [isSticky, whole, part]);
};
