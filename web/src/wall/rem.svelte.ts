/** The root font in px, followed as the window changes; for what CSS cannot size: rows that fit, canvases. */
class Rem {
  px = $state(measure());

  constructor() {
    addEventListener("resize", () => (this.px = measure()));
  }
}

function measure(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export const rem = new Rem();
