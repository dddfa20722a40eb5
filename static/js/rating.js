/* A rater's form by keyboard: each item is saved as it is chosen, sent again until the server has it, and kept in the
   browser over a lost line, a reload or a new sign-in. The server's pages do everything without this file. */
"use strict";
(() => {
  const list = document.getElementById("rating");
  const { drafts } = window;
  if (!list || list.dataset.open !== "1" || !drafts) return;
  const words = list.dataset;
  const { place } = words;
  const byId = (id) => document.getElementById(id);
  const items = [...list.querySelectorAll(".rate-item")];
  const codeOf = (item) => item.dataset.item;
  const part = (item, name) => item.querySelector(`[name="${name}-${codeOf(item)}"]`);
  const radios = (item) => [...item.querySelectorAll("[type=radio][form=sheet]")];
  const sheet = byId("sheet");

  const known = new Map(); // what the server has, by item
  const unheard = new Map(); // what was sent and never confirmed, by item: the server may have it all the same
  const busy = new Set();
  const failed = new Set();
  let away = false;
  let other = false;
  let leaving = false;

  const valuesOf = (item) => ({
    level: radios(item).find((one) => one.checked)?.value ?? "",
    reason: part(item, "r").value,
    note: part(item, "t").value,
  });
  const same = (one, two) => one.level === two.level && one.note.trim() === two.note.trim()
    && (one.level !== "n" || one.reason.trim() === two.reason.trim());
  const fill = (item, values) => {
    radios(item).forEach((one) => { one.checked = one.value === values.level; });
    part(item, "r").value = values.reason;
    part(item, "t").value = values.note;
  };
  const isChanged = (item) => !same(valuesOf(item), known.get(codeOf(item)));

  // --- What is told -----------------------------------------------------------------------------------------
  const tell = (item, text, how = "", ...buttons) => {
    const line = item.querySelector(".rate-state");
    line.className = `rate-state ${how}`;
    line.replaceChildren(text, ...buttons.flatMap((one) => [" ", one]));
  };
  const notice = (box, text, link) => {
    const told = document.createElement("p");
    told.append(text);
    if (link) told.append(" ", link);
    const frame = document.createElement("div");
    frame.className = "notice notice-warning";
    frame.append(told);
    if (box.textContent !== frame.textContent) box.replaceChildren(frame);
  };
  const tellAll = () => {
    const keeping = byId("keeping");
    if (away || other) {
      const link = document.createElement("a");
      link.href = words.signIn;
      link.textContent = words.wordsAgain;
      link.addEventListener("click", () => { leaving = true; });
      return notice(keeping, words.wordsAway, link);
    }
    if (!navigator.onLine) return notice(keeping, words.wordsOffline);
    if (failed.size) return notice(keeping, words.wordsUnsent);
    return keeping.replaceChildren();
  };
  const flag = (item) => {
    const level = Number(valuesOf(item).level || "NaN");
    const count = Number(item.querySelector(".rate-proofs").textContent);
    item.querySelector(".rate-flag").hidden = !(level >= Number(words.evidenceFrom) && count === 0);
  };
  const count = () => {
    const done = list.querySelectorAll(".rate-item.is-scored").length;
    byId("area-count").textContent = `${done}/${words.total}`;
  };

  // --- Drafts: kept with every change, dropped when the server has them ---------------------------------------
  const keep = (item) => {
    const code = codeOf(item);
    if (!isChanged(item) && !busy.has(code) && !failed.has(code)) return drafts.drop(place, code);
    if (other) return false;
    const sent = unheard.get(code) ?? [];
    return drafts.keep(place, code, { values: valuesOf(item), version: part(item, "v").value, sent });
  };

  // --- Sending: one word of an item at a time, the newest last ------------------------------------------------
  let timer = 0;
  let pause = 1000;
  const lose = (item, values) => {
    const code = codeOf(item);
    unheard.set(code, [...(unheard.get(code) ?? []), values].slice(-9));
    failed.add(code);
    keep(item);
    tell(item, words.wordsKept, "is-failed");
    tellAll();
    timer ||= setTimeout(again, pause * (0.75 + Math.random() / 2));
  };
  const settle = (item, values, version) => {
    const code = codeOf(item);
    part(item, "v").value = version;
    known.set(code, values);
    unheard.delete(code);
    failed.delete(code);
    pause = 1000;
    keep(item);
    item.classList.add("is-scored");
    count();
    tell(item, words.wordsSaved);
    byId("live").textContent = `${code}: ${words.wordsSaved}`;
  };
  const choose = (item, theirs, version) => {
    const button = (text, work) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn btn-sm";
      made.textContent = text;
      made.addEventListener("click", work);
      return made;
    };
    const mine = button(words.wordsMine, () => {
      part(item, "v").value = version;
      send(item, true);
    });
    const that = button(words.wordsTheirs, () => {
      fill(item, theirs);
      settle(item, valuesOf(item), version);
      flag(item);
    });
    return [mine, that];
  };
  const send = async (item, always = false) => {
    const code = codeOf(item);
    const values = valuesOf(item);
    if (busy.has(code) || other) return; // what was chosen meanwhile goes out when the answer is here
    if (!always && !isChanged(item) && !failed.has(code)) return;
    if (!values.level) return tell(item, values.note.trim() ? words.wordsChoose : "");
    if (values.level === "n" && !values.reason.trim()) return tell(item, words.wordsReason);
    busy.add(code);
    failed.delete(code);
    keep(item);
    tell(item, words.wordsBusy);
    const body = new URLSearchParams({
      item: code,
      [`l-${code}`]: values.level,
      [`r-${code}`]: values.reason,
      [`t-${code}`]: values.note,
      [`v-${code}`]: part(item, "v").value,
    });
    const headers = JSON.parse(list.dataset.hxHeaders);
    let answer = null;
    let status = 0;
    try {
      const signal = AbortSignal.timeout(30000); // a silent line is a lost one
      const response = await fetch(words.save, { method: "POST", body, headers, signal });
      status = response.status;
      answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
    } catch {
      answer = null;
    }
    busy.delete(code);
    if (!answer) {
      // a page that is no answer is the sign-in page, or what is told of a link that has ended
      away ||= status === 403 || status === 200 || status === 404;
      lose(item, values);
    } else if (answer.verdict === "saved") {
      away = false;
      settle(item, values, answer.version);
      if (isChanged(item)) send(item);
    } else if (answer.verdict === "clash") {
      const own = (unheard.get(code) ?? []).some((one) => same(one, answer.theirs));
      if (own) {
        // the word on the server is an earlier one of this very page, whose answer was lost
        part(item, "v").value = answer.version;
        unheard.delete(code);
        send(item, true);
      } else {
        tell(item, answer.text, "is-failed", ...choose(item, answer.theirs, answer.version));
      }
    } else {
      tell(item, answer.text, "is-failed");
    }
    tellAll();
    go();
  };

  const renew = async () => {
    const found = await drafts.renew(list);
    other = found === "other";
    away = found !== "renewed";
    return !away;
  };
  const again = async () => {
    clearTimeout(timer);
    timer = 0;
    if (!failed.size || other) return;
    pause = Math.min(pause * 2, 60000);
    if (navigator.onLine && (!away || (await renew().catch(() => false)))) {
      items.filter((item) => failed.has(codeOf(item))).forEach((item) => send(item, true));
    } else {
      timer ||= setTimeout(again, pause);
    }
    tellAll();
  };
  const now = () => {
    pause = 1000;
    tellAll();
    again();
  };
  addEventListener("online", now);
  addEventListener("focus", now);
  addEventListener("offline", tellAll);

  // --- By mouse and keyboard ----------------------------------------------------------------------------------
  const itemOf = (element) => element?.closest?.(".rate-item") ?? null;
  const focusOn = (item) => {
    const all = radios(item);
    (all.find((one) => one.checked) ?? all[0]).focus();
    item.scrollIntoView({ block: "nearest" });
  };
  const step = (item, by) => {
    const next = items[items.indexOf(item) + by];
    if (next) focusOn(next);
    else if (by > 0) sheet.querySelector("[type=submit]").focus();
  };
  const current = () => itemOf(document.activeElement) ?? items.find((item) => !item.classList.contains("is-scored"))
    ?? items[0];
  const openMore = (item) => {
    const more = item.querySelector(".rate-more");
    more.open = true;
    return more;
  };

  list.addEventListener("change", (event) => {
    const item = itemOf(event.target);
    if (!item || event.target.closest(".rate-evidence")) return;
    keep(item);
    flag(item);
    send(item);
  });
  list.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (item && !event.target.closest(".rate-evidence")) keep(item);
  });
  list.addEventListener("toggle", (event) => {
    const evidence = event.target.open && event.target.querySelector?.(".rate-evidence");
    if (evidence) evidence.dispatchEvent(new Event("open-evidence"));
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const box = event.target;
    const typing = box.matches("textarea, select, input:not([type=radio])");
    const item = itemOf(box);
    if (typing) {
      // Enter after a reason goes on, Escape leaves a box of text
      if (item && event.key === "Enter" && box.name?.startsWith("r-")) {
        event.preventDefault();
        step(item, 1);
      } else if (item && event.key === "Escape") {
        focusOn(item);
      }
      return;
    }
    if (box.closest("a, button, summary, dialog, nav") && !/^[0-9n]$/i.test(event.key)) return;
    if (box !== document.body && !item && !box.matches("main")) return;
    const here = item ?? current();
    const key = event.key.toLowerCase();
    const chosen = radios(here).find((one) => one.value === key);
    if (chosen) {
      event.preventDefault();
      chosen.checked = true;
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
      if (key === "n") part(here, "r").focus();
      else step(here, 1);
    } else if (key === "arrowdown" || key === "arrowup") {
      event.preventDefault();
      step(here, item ? (key === "arrowdown" ? 1 : -1) : 0);
    } else if (key === "e") {
      event.preventDefault();
      openMore(here);
      part(here, "t").focus();
    }
  });

  // Evidence came or went: what the level still needs follows.
  document.addEventListener("htmx:afterSettle", (event) => {
    const item = itemOf(event.target);
    const shown = item?.querySelector(".evidence");
    if (!shown) return;
    item.querySelector(".rate-proofs").textContent = shown.dataset.count;
    flag(item);
  });

  // --- The button below: each item goes out for itself first ---------------------------------------------------
  let pressed = false;
  const go = () => {
    if (!pressed || busy.size) return;
    pressed = false;
    if (failed.size || items.some(isChanged)) return;
    leaving = true;
    location.assign(words.next);
  };
  sheet.addEventListener("submit", (event) => {
    if (leaving) return;
    event.preventDefault();
    pressed = true;
    const left = items.filter(isChanged);
    left.forEach((item) => send(item));
    const stuck = left.find((item) => !busy.has(codeOf(item)));
    if (stuck) {
      pressed = false;
      focusOn(stuck);
    }
    go();
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && (busy.size || failed.size)) event.preventDefault();
  });

  // --- What an earlier page could not save ----------------------------------------------------------------------
  items.forEach((item) => known.set(codeOf(item), valuesOf(item)));
  tellAll();
  const back = drafts.of(place).filter(({ name, values }) => {
    const item = items.find((one) => codeOf(one) === name);
    if (!item || !values) return false;
    if (same(valuesOf(item), values)) {
      drafts.drop(place, name);
      return false;
    }
    return true;
  });
  back.forEach(({ name, values, version, sent }) => {
    const item = items.find((one) => codeOf(one) === name);
    fill(item, values);
    part(item, "v").value = version;
    unheard.set(name, sent ?? []);
    flag(item);
    keep(item);
  });
  if (back.length) {
    notice(byId("restored"), words.wordsRestored);
    back.forEach(({ name }) => send(items.find((one) => codeOf(one) === name), true));
  }
  if (location.hash.startsWith("#i-")) {
    const item = byId(location.hash.slice(1));
    if (item) {
      focusOn(item);
      if (!item.querySelector(".rate-flag").hidden) openMore(item);
    }
  }
})();
