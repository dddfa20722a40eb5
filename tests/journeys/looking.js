/* What a page is made of, as far as axe is concerned: its shape, and the looks of its texts.
 *
 * Called with the looks that were judged before; marks texts of others with data-unjudged. Returns the shape and all
 * looks as short hashes.
 */
(judged) => {
  const known = new Set(judged);
  const OF_A_LOOK = 3; // so many texts of one look are judged: one of them may be hidden behind something

  const hash = (text) => {
    let first = 0, second = 0;
    for (let place = 0; place < text.length; place++) {
      first = (Math.imul(first, 31) + text.charCodeAt(place)) | 0;
      second = (Math.imul(second, 37) + text.charCodeAt(place)) | 0;
    }
    return (first >>> 0).toString(36) + "." + (second >>> 0).toString(36);
  };
  const saysSomething = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";

  /* Tags and attributes without ids, words and addresses; what is repeated among the children counts once. */
  const VALUES = new Set(["class", "role", "type", "scope", "tabindex", "aria-hidden", "aria-live"]);
  const shapeOf = (one) => {
    const attributes = [...one.attributes].map(({name, value}) =>
      VALUES.has(name) ? `${name}=${value}` : value.trim() ? name : `${name}=`);
    const inside = new Set([...one.childNodes].map((node) =>
      node.nodeType === Node.ELEMENT_NODE ? shapeOf(node) : saysSomething(node) ? "words" : ""));
    return `<${one.tagName} ${attributes.sort().join(" ")}>${[...inside].join("")}</>`;
  };

  /* The colours behind an element, from its own to the page's. */
  const backgrounds = new Map();
  const behind = (one) => {
    if (one === null) return "";
    if (!backgrounds.has(one)) {
      const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(one);
      const own = [backgroundColor, backgroundImage, opacity, filter].join();
      const isClear = own === "rgba(0, 0, 0, 0),none,1,none";
      backgrounds.set(one, (isClear ? "" : `${own};`) + behind(one.parentElement));
    }
    return backgrounds.get(one);
  };
  const named = (one) => `${one.tagName}.${one.getAttribute("class") ?? ""}`;
  const lookOf = (one) => {
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
    return [named(one), named(one.parentElement), color, fontSize, fontWeight, textShadow, behind(one)].join("|");
  };

  document.querySelectorAll("[data-unjudged]").forEach((one) => one.removeAttribute("data-unjudged"));
  const shape = hash(shapeOf(document.documentElement));
  const met = new Map();
  for (const one of document.body.querySelectorAll("*")) {
    const hasWords = one.matches("input, select, textarea") || [...one.childNodes].some(saysSomething);
    if (!hasWords || !one.checkVisibility({visibilityProperty: true})) continue;
    if (one.closest(":disabled, [aria-disabled=true]")) continue; // axe leaves them out
    const look = hash(lookOf(one));
    met.set(look, (met.get(look) ?? 0) + 1);
    if (!known.has(look) && met.get(look) <= OF_A_LOOK) one.setAttribute("data-unjudged", "");
  }
  return {shape, looks: [...met.keys()]};
}
