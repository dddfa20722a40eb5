/* The session: levels by keys, what could not be sent is kept in this browser and sent again. Works without, too. */
"use strict";
(() => {
  const list = document.getElementById("session");
  if (!list) return;
  list.classList.add("is-live");
  const { place, wordsUnsent, wordsRestored } = list.dataset;
  const items = () => Array.from(list.querySelectorAll(".sess-item"));
  const drafts = window.drafts || { of: () => [], keep: () => false, drop: () => {} };
  const state = (item) => item.querySelector(".sess-state");
  const tell = (item, words, css) => {
    let said = state(item).querySelector("[data-said]");
    if (!said) {
      said = document.createElement("p");
      said.dataset.said = "";
      state(item).append(said);
    }
    said.className = css;
    said.textContent = words;
  };
  const typed = (form) => ({
    level: form.elements.level.value, reason: form.elements.reason.value, minute: form.elements.minute.value,
    version: form.elements.version.value,
  });

  // What is typed is kept until the server has it.
  const keep = (form) => drafts.keep(place, form.closest(".sess-item").dataset.item, typed(form));
  list.addEventListener("input", (event) => keep(event.target.form));
  document.addEventListener("htmx:afterSwap", (event) => {
    const item = event.target.closest?.(".sess-item");
    if (!item || !("saved" in state(item).dataset)) return;
    drafts.drop(place, item.dataset.item);
    item.classList.toggle("is-decided", state(item).dataset.decided === "1");
    const count = document.getElementById("sess-count");
    const { total, words } = count.dataset;
    count.textContent = words.replace("#", total - state(item).dataset.open).replace("#", total);
  });
  const unsent = new Set();
  const failed = (event) => {
    const item = event.target.closest?.(".sess-item");
    if (!item) return;
    unsent.add(item);
    tell(item, wordsUnsent, "field-error");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  const again = () => {
    const waiting = Array.from(unsent);
    unsent.clear();
    waiting.forEach((item) => window.htmx.trigger(item.querySelector("form"), "submit"));
  };
  addEventListener("online", again);
  setInterval(() => { if (unsent.size && navigator.onLine) again(); }, 10000);

  // After a reload: what the server never got stands there again, and waits for a look.
  drafts.of(place).forEach((draft) => {
    const item = document.getElementById(`i-${draft.name}`);
    const form = item?.querySelector("form");
    if (!form) return;
    const now = typed(form);
    if (["level", "reason", "minute"].every((name) => now[name] === draft[name])) {
      drafts.drop(place, draft.name);
      return;
    }
    const radio = form.querySelector(`[name=level][value="${CSS.escape(draft.level)}"]`);
    if (radio) radio.checked = true;
    form.elements.reason.value = draft.reason;
    form.elements.minute.value = draft.minute;
    form.elements.version.value = draft.version;
    tell(item, wordsRestored, "sess-lack");
    unsent.add(item);
  });
  addEventListener("load", again); // the version says whether somebody else was faster

  const go = (step) => {
    const all = items();
    const here = all.indexOf(document.activeElement?.closest?.(".sess-item"));
    const next = all[here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1)];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  };
  const choose = (item, value) => {
    const radio = item.querySelector(`[name=level][value="${CSS.escape(value)}"]`);
    if (!radio) return false;
    radio.checked = true;
    keep(radio.form);
    if (value === "n" && !radio.form.elements.reason.value) radio.form.elements.reason.focus();
    else radio.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = event.target.closest(".sess-item");
    const writes = event.target.matches("textarea, input[type=text]");
    if (writes) {
      if (event.key === "Escape" && item) item.focus();
      return;
    }
    if (event.target.matches("select, [type=search]") || document.querySelector("dialog[open]")) return;
    let done = true;
    if (event.key === "ArrowDown") go(1);
    else if (event.key === "ArrowUp") go(-1);
    else if (!item) done = false;
    else if (event.key === "m") item.querySelector("[name=minute]").focus();
    else if (event.key === "p") {
      const radio = item.querySelector(".is-proposed input");
      done = Boolean(radio) && choose(item, radio.value);
    } else done = /^([0-9]|n)$/.test(event.key) && choose(item, event.key);
    if (done) event.preventDefault();
  });
})();
