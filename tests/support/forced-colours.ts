import type { Page } from 'playwright-core';

/** What one gets to with Tab, or would, were it not disabled. */
const CONTROLS =
  'a[href], button, summary, input:not([type=hidden]), select, textarea, [role=button], [tabindex="0"], [contenteditable]';

/** What both looks at the page need. */
const TOOLS = `
  const around = (element) => (element === null ? [] : [element, ...around(element.parentElement)]);
  const isTransparent = (colour) => /^rgba\\(.*, 0\\)$/.test(colour);
  const controls = [...document.querySelectorAll(${JSON.stringify(CONTROLS)})].filter(
    (control) => control.checkVisibility({ visibilityProperty: true }) && control.closest('[inert]') === null,
  );
  const sides = ['Top', 'Right', 'Bottom', 'Left'];`;

/** In the shop's own colours: which links are drawn like buttons, and what lies on a ground of its own. */
const LOOK = `{
  ${TOOLS}
  const groundOf = (element) =>
    around(element)
      .map((each) => getComputedStyle(each).backgroundColor)
      .find((colour) => !isTransparent(colour));
  globalThis.drawnAsButtons = new Set(controls.filter((control) => {
    const { backgroundColor, borderTopWidth } = getComputedStyle(control);
    return control.matches('a') && (!isTransparent(backgroundColor) || parseFloat(borderTopWidth) > 0);
  }));
  globalThis.withGround = [...document.querySelectorAll('body *')].filter(
    (element) => element.checkVisibility() && groundOf(element) !== groundOf(element.parentElement),
  );
}`;

/** In forced colours: what of it is not seen. */
const JUDGE = `{
  ${TOOLS}
  const probe = document.body.appendChild(document.createElement('i'));
  const named = (colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const [canvas, linkText, grayText] = ['Canvas', 'LinkText', 'GrayText'].map(named);
  probe.remove();

  const isSeen = (line, width, colour) =>
    line !== 'none' && parseFloat(width) >= 1 && !isTransparent(colour) && colour !== canvas;
  const hasRing = (element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    return isSeen(outlineStyle, outlineWidth, outlineColor);
  };
  const edgesOf = (element) => {
    const style = getComputedStyle(element);
    const [line, width, colour] = ['Style', 'Width', 'Color'].map((of) => (side) => style['border' + side + of]);
    return sides.filter((side) => isSeen(line(side), width(side), colour(side)));
  };
  const isCut = (element) => getComputedStyle(element).clipPath !== 'none';
  const isLinkInText = (control) => {
    const { textDecorationLine, color } = getComputedStyle(control);
    const isMarked = textDecorationLine.includes('underline') || color === linkText;
    return control.matches('a') && !globalThis.drawnAsButtons.has(control) && isMarked;
  };
  const isGrey = (control) => {
    const { color, borderTopColor, opacity } = getComputedStyle(control);
    return color === grayText && borderTopColor === grayText && opacity === '1';
  };
  const nameOf = (element) => {
    const label = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
    return element.localName + ' “' + label.trim().slice(0, 80) + '”';
  };

  const focused = document.activeElement;
  const found = controls.flatMap((control) => {
    const [faults, isDisabled] = [[], control.matches(':disabled')];
    document.activeElement?.blur();
    if (edgesOf(control).length < 4 && !isLinkInText(control)) faults.push('has no edge');
    if ((isDisabled || control.ariaDisabled === 'true') && !isGrey(control)) faults.push('is disabled, and not grey');
    if (!isDisabled) {
      const before = around(control).map(hasRing);
      control.focus({ preventScroll: true });
      const isRinged = around(control).some((element, at) => hasRing(element) && !before[at]);
      if (!control.matches(':focus-visible')) faults.push('does not take the focus');
      else if (!isRinged) faults.push('does not show that it has the focus');
    }
    return faults.map((fault) => nameOf(control) + ' ' + fault);
  });
  document.activeElement?.blur();
  // One that is torn off another has three sides of its own.
  const groundless = globalThis.withGround
    .filter((element) => element.isConnected && !controls.includes(element))
    .filter((element) => (edgesOf(element).length < 3 && !hasRing(element)) || isCut(element))
    .map((element) => element.localName + '.' + element.className + ' lies on a ground of its own, without edges');
  focused.focus({ preventScroll: true });
  [...(controls.length === 0 ? ['there is no control at all'] : []), ...found, ...groundless];
}`;

/**
 * What cannot be made out by a visitor who has chosen the few colours of all pages themselves (Windows' contrast
 * themes), as sentences that name it. No background and no shadow of ours is left there. So every control has to have
 * an edge on its four sides, and while it has the focus a ring, around it or around what it is a part of; a link in
 * running text is known by its underline or by the colour of links; what is disabled is grey; and what lies on a
 * ground of its own, like a strip, has edges instead.
 */
export const unseenInForcedColours = async (page: Page): Promise<string[]> => {
  await page.emulateMedia({ forcedColors: 'none' });
  await page.evaluate(LOOK);
  await page.emulateMedia({ forcedColors: 'active' });
  // From here on what gets the focus has it as from the keyboard.
  await page.keyboard.press('Tab');
  const unseen = await page.evaluate<string[]>(JUDGE);
  await page.emulateMedia({ forcedColors: 'none' });
  return unseen;
};
