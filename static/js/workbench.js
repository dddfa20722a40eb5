/* Keys for people who review all day, and ticks for whole columns. Every page works without them. */
"use strict";
(() => {
  const doc = document;
  const all = (selector, within = doc) => Array.from(within.querySelectorAll(selector));

  // One tick for every row of the same form.
  all("[data-tick-all]").forEach((box) => {
    const ticks = all(`input[name="${box.dataset.tickAll}"]`, box.form);
    const said = doc.querySelector("[data-ticked]");
    const tell = () => {
      const count = ticks.filter((tick) => tick.checked).length;
      box.checked = count > 0 && count === ticks.length;
      box.indeterminate = count > 0 && count < ticks.length;
      if (said) said.textContent = count ? said.dataset.ticked.replace("#", count) : "";
    };
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => {
      ticks.forEach((tick) => { tick.checked = box.checked; });
      tell();
    });
    box.form.addEventListener("change", (event) => { if (ticks.includes(event.target)) tell(); });
    addEventListener("pageshow", tell);
  });

  // The page of one return: next and previous, ask, approve.
  const help = doc.getElementById("keys");
  if (!help) return;
  help.hidden = false;
  const live = doc.getElementById("keys-said");
  const rows = all("tr[data-stop]");
  const stops = rows.length ? rows : all(".review-table tbody tr[id]");
  let here = stops.findIndex((row) => `#${row.id}` === location.hash);

  const go = (step) => {
    if (!stops.length) return;
    here = here < 0 ? (step > 0 ? 0 : stops.length - 1) : (here + step + stops.length) % stops.length;
    const row = stops[here];
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
    const said = live.dataset.place.replace("#", here + 1).replace("#", stops.length);
    live.textContent = `${said} ${row.querySelector("th").firstChild.textContent.trim()}`;
  };
  const ask = () => {
    const row = doc.activeElement?.closest?.(".review-table tr[id]") || stops[here];
    const link = row?.querySelector("a.ask");
    if (link) link.click();
    else live.textContent = live.dataset.noAsk;
  };
  const approve = () => {
    const button = doc.querySelector("button[value=approve]:not([disabled])");
    if (button) button.click();
    else live.textContent = live.dataset.noApprove;
  };
  const keys = { j: () => go(1), n: () => go(1), k: () => go(-1), p: () => go(-1), q: ask, a: approve };
  keys["?"] = () => {
    help.open = !help.open;
    help.querySelector("summary").focus();
  };
  // Who dictates or types with a tremor can switch single keys off; the browser remembers it.
  const wanted = doc.getElementById("keys-on");
  try { wanted.checked = localStorage.getItem("single-keys") !== "off"; } catch { /* not allowed: they are on */ }
  wanted.addEventListener("change", () => {
    try { localStorage.setItem("single-keys", wanted.checked ? "on" : "off"); } catch { /* for this page only */ }
  });
  doc.addEventListener("keydown", (event) => {
    if (!wanted.checked) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
