/* Saving a return question by question: in order, sent again until the server has it, kept over a reload or a new
   sign-in, and said to be saved only after the server said so. The server's pages do everything without this file. */
"use strict";
(() => {
  const answers = document.getElementById("answers");
  const { drafts, htmx } = window;
  if (!answers || !htmx || !drafts) return;
  const words = answers.dataset;
  const { page, place } = words;
  const byId = (id) => document.getElementById(id);
  const keeping = byId("keeping");
  const sheet = byId("sheet");

  let sequence = 0; // counts the words of this page, so that the server can put them in order
  const waiting = new Set(); // questions on their way
  const failed = new Set(); // questions that did not arrive
  const sent = new Map(); // what was on its way, by question
  const known = new WeakMap(); // what the server has, by field
  let away = false; // no longer signed in
  let other = false; // somebody else is

  const codeOf = (field) => field.id.slice(2);
  const fieldOf = (event) => {
    const one = event.detail.requestConfig?.elt ?? event.detail.elt;
    return one?.matches?.(".field, [name=mine], [name=theirs]") ? one.closest(".field") : null;
  };
  const fields = () => [...answers.querySelectorAll(".field:not(.is-off)")];
  const controls = (field) => [...field.querySelectorAll("[name]")].filter(
    (one) => /^[vmn]-/.test(one.name) && one.type !== "file");
  const ticks = (one) => one.type === "radio" || one.type === "checkbox";
  const valuesOf = (field) => {
    const values = {};
    controls(field).forEach((one) => {
      values[one.name] ??= [];
      if (!ticks(one) || one.checked) values[one.name].push(one.value);
    });
    return values;
  };
  const snapshot = (field) => JSON.stringify(valuesOf(field));
  const fill = (field, values) => controls(field).forEach((one) => {
    if (!(one.name in values)) return;
    if (ticks(one)) one.checked = values[one.name].includes(one.value);
    else one.value = values[one.name][0] ?? "";
  });
  const meet = () => fields().forEach((field) => known.has(field) || known.set(field, snapshot(field)));
  const hours = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const clock = (at) => new Intl.DateTimeFormat(document.documentElement.lang, hours).format(at);

  // --- What is told ---------------------------------------------------------------------------------------
  const tell = (field, text, how) => {
    const line = field.querySelector(".field-line, .field-error");
    if (!line) return;
    const mark = document.createElement("span");
    mark.className = `field-saved ${how}`;
    mark.textContent = text;
    line.replaceChildren(mark);
  };
  const notice = (box, kind, text, link) => {
    const told = document.createElement("p");
    told.append(text);
    if (link) told.append(" ", link);
    const frame = document.createElement("div");
    frame.className = `notice notice-${kind}`;
    frame.append(told);
    if (box.textContent !== frame.textContent) box.replaceChildren(frame);
  };
  const tellAll = () => {
    if (other) return notice(keeping, "error", words.other);
    if (away) {
      const link = document.createElement("a");
      link.href = words.signIn;
      link.textContent = words.signInAgain;
      link.addEventListener("click", () => { leaving = true; });
      return notice(keeping, "warning", words.signedOut, link);
    }
    if (!navigator.onLine) return notice(keeping, "warning", words.offline);
    if (failed.size) return notice(keeping, "warning", words.unsent);
    return keeping.replaceChildren();
  };

  // --- Drafts: kept with each key, dropped when the server has them ---------------------------------------
  const keep = (field) => {
    const code = codeOf(field);
    const typed = valuesOf(field);
    if (JSON.stringify(typed) === known.get(field) && !waiting.has(code) && !failed.has(code)) {
      return drafts.drop(place, code);
    }
    if (other) return false;
    const pages = [...(field.dataset.follows?.split(" ") ?? []), page];
    return drafts.keep(place, code, { values: typed, version: byId(`r-${code}`).value, pages });
  };
  answers.addEventListener("input", (event) => {
    const field = event.target.closest(".field");
    if (field && controls(field).includes(event.target)) keep(field);
  });
  // The reason for a warning is kept too, until its button sends it.
  const reasonOf = (element) => element?.closest?.(".reason-form")?.querySelector("textarea");
  document.addEventListener("input", (event) => {
    const box = reasonOf(event.target);
    if (box) drafts.keep(place, `#${box.id}`, { text: box.value });
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const box = reasonOf(event.detail.elt);
    if (box && event.detail.successful) drafts.drop(place, `#${box.id}`);
  });

  // --- Sending --------------------------------------------------------------------------------------------
  let pressed = null; // the button under the questions that waits until all is sent
  let leaving = false;
  let timer = 0;
  let pause = 1000;
  const fail = (field, text) => {
    waiting.delete(codeOf(field));
    failed.add(codeOf(field));
    pressed = null;
    tell(field, text, "is-failed");
    tellAll();
    timer ||= setTimeout(again, pause * (0.75 + Math.random() / 2));
  };
  answers.addEventListener("htmx:configRequest", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    sequence += 1;
    if (!field.querySelector("[type=file]")) event.detail.timeout = 60000; // a silent line is a lost one
    Object.assign(event.detail.parameters, { page, sequence, follows: field.dataset.follows ?? "" });
    sent.set(codeOf(field), snapshot(field));
  });
  answers.addEventListener("htmx:beforeRequest", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    waiting.add(codeOf(field));
    failed.delete(codeOf(field));
    tell(field, words.busy, "is-busy");
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    answers.addEventListener(name, (event) => {
      const field = fieldOf(event);
      if (!field) return;
      away ||= event.detail.xhr?.status === 403;
      fail(field, away ? words.away : words.lost);
    });
  }
  answers.addEventListener("htmx:beforeSwap", (event) => {
    const field = fieldOf(event);
    if (!field || !event.detail.shouldSwap) return;
    const code = codeOf(field);
    const { xhr } = event.detail;
    waiting.delete(code);
    if (!xhr.getResponseHeader("X-Answer")) {
      // a page that is not the answer to a saved question (the sign-in page) must not take its place
      event.detail.shouldSwap = false;
      away = true;
      fail(field, words.away);
      return;
    }
    pause = 1000;
    away = false;
    if (xhr.status === 200) {
      delete field.dataset.follows;
      known.set(field, sent.get(code));
      // what was typed while the answer travelled is still a draft
      if (snapshot(field) === sent.get(code)) drafts.drop(place, code);
      const said = Date.parse(xhr.getResponseHeader("Date"));
      byId("saved-at").textContent = words.saved.replace("{time}", clock(said || Date.now()));
    }
    tellAll();
  });
  document.addEventListener("htmx:afterSettle", () => {
    meet();
    // The boxes stay as they are when the line under them is replaced: say which of them are wrong.
    answers.querySelectorAll(".field-state").forEach((state) => {
      const control = byId(`v-${state.id.slice(2)}`);
      if (state.hasAttribute("data-invalid")) control?.setAttribute("aria-invalid", "true");
      else control?.removeAttribute("aria-invalid");
    });
    go();
  });

  const renew = async () => {
    const found = await drafts.renew(answers);
    other = found === "other";
    away = found !== "renewed";
    return !away;
  };
  const send = (field) => field.dispatchEvent(new Event("change"));
  const again = async () => {
    clearTimeout(timer);
    timer = 0;
    if (!failed.size || other) return;
    pause = Math.min(pause * 2, 60000);
    if (navigator.onLine && (!away || (await renew().catch(() => false)))) {
      [...failed].forEach((code) => byId(`f-${code}`) && send(byId(`f-${code}`)));
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

  // --- The buttons under the questions: each box is sent for itself first, so that each is known to be saved ----
  const go = () => {
    if (!pressed || waiting.size) return;
    const button = pressed;
    pressed = null;
    if (failed.size) return;
    leaving = true;
    sheet.requestSubmit(button);
  };
  sheet?.addEventListener("submit", (event) => {
    const unsent = (field) => snapshot(field) !== known.get(field) || failed.has(codeOf(field));
    const left = leaving ? [] : fields().filter(unsent);
    if (left.length || waiting.size) {
      event.preventDefault();
      pressed = event.submitter;
      left.forEach(send);
      return;
    }
    leaving = true;
    sequence += 1;
    sheet.querySelector("[name=page]").value = page;
    sheet.querySelector("[name=sequence]").value = sequence;
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    const box = document.activeElement;
    const field = box?.closest?.("#answers .field");
    const untold = field && box.type !== "file" && snapshot(field) !== known.get(field)
      && !field.querySelector(".field-saved, .field-error");
    if (!leaving && (waiting.size || failed.size || untold)) event.preventDefault();
  });

  // --- What an earlier page could not save ----------------------------------------------------------------
  const line = "BroadcastChannel" in window ? new BroadcastChannel("spm-drafts") : null;
  const openElsewhere = new Set();
  line?.addEventListener("message", ({ data }) => {
    if (data.who?.includes(page)) line.postMessage({ here: page });
    if (data.here) openElsewhere.add(data.here);
  });
  const restoreReason = ({ name, text }) => {
    // a reason that somebody else gave meanwhile stands in a form of another name
    const box = byId(name.slice(1)) ?? byId(name.replace("#why-", "again-"));
    if (box && box.value === box.defaultValue) box.value = text;
  };
  const restore = (draft) => {
    const code = draft.name;
    const field = byId(`f-${code}`);
    // one that stands in another window is not lost; one that is not asked now waits until it is
    if (!field || field.matches(".is-off") || draft.pages.some((one) => openElsewhere.has(one))) return null;
    if (snapshot(field) !== known.get(field)) return null;
    if (snapshot(field) === JSON.stringify(draft.values)) {
      drafts.drop(place, code);
      return null;
    }
    fill(field, draft.values);
    byId(`r-${code}`).value = draft.version;
    field.dataset.follows = draft.pages.slice(-9).join(" ");
    const told = document.createElement("p");
    told.className = "field-restored";
    told.textContent = words.restored.replace("{time}", clock(draft.at));
    field.querySelector(".field-state").after(told);
    return draft;
  };
  meet();
  tellAll();
  const left = drafts.of(place);
  if (left.length) {
    line?.postMessage({ who: left.flatMap((draft) => draft.pages ?? []) });
    setTimeout(() => {
      left.filter((draft) => draft.text).forEach(restoreReason);
      const back = left.filter((draft) => draft.values).map(restore).filter(Boolean);
      if (!back.length) return;
      notice(byId("restored"), "info", words.restored.replace("{time}", clock(Math.max(...back.map((one) => one.at)))));
      back.forEach((draft) => send(byId(`f-${draft.name}`)));
    }, line ? 250 : 0);
  }

  // A link to a question puts the cursor into its box.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href*="#"]');
    const id = link?.hash.slice(1);
    if (!id) return;
    const control = byId(id.startsWith("f-") ? `v-${id.slice(2)}` : id);
    if (control?.matches("input, select, textarea")) {
      event.preventDefault();
      control.focus();
      control.closest(".field, li")?.scrollIntoView({ block: "center" });
    }
  });
})();
