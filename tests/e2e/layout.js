// What is wrong with the page as it is laid out: texts that leave their panel or the screen, texts cut off without an
// ellipsis, lines that wrap, panels that overlap. Returns sentences; an empty list is a page that looks right.
() => {
  const faults = [];
  const name = (el) => `${el.tagName.toLowerCase()}.${[...el.classList].join(".")} "${el.textContent.trim().slice(0, 40)}"`;
  const visible = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const hasText = (el) => [...el.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim() !== "");
  const texts = [...document.querySelectorAll("body *")].filter((el) => hasText(el) && visible(el) && !el.closest("svg, canvas, .maplibregl-map, .uplot"));
  for (const el of texts) {
    const box = el.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (!inside(box, screen)) faults.push(`off the screen: ${name(el)}`);
    const panel = el.closest(".panel") ?? el.closest("header, footer");
    if (panel && !inside(box, panel.getBoundingClientRect())) faults.push(`out of its panel: ${name(el)}`);
    const style = getComputedStyle(el);
    if (el.scrollWidth > el.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis")
      faults.push(`cut off: ${name(el)}`);
    const lines = [...el.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).flatMap((n) => {
      const range = document.createRange();
      range.selectNodeContents(n);
      return [...range.getClientRects()].map((r) => Math.round(r.top));
    });
    if (new Set(lines).size > 1) faults.push(`on ${new Set(lines).size} lines: ${name(el)}`);
  }
  const panels = [...document.querySelectorAll(".panel")].filter(visible);
  panels.forEach((a, i) => panels.slice(i + 1).forEach((b) => {
    if (a.contains(b) || b.contains(a)) return;
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
      faults.push(`panels overlap: ${name(a)} and ${name(b)}`);
  }));
  return faults;
}
