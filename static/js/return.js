/* Saving a return question by question: what is on its way, what did not arrive, and which boxes are wrong.
   The server's pages do everything without this file; it only keeps typed text safe on a bad line. */
"use strict";
(() => {
  const answers = document.getElementById("answers");
  if (!answers) return;
  const waiting = new Set(); // questions on their way
  const failed = new Set(); // questions that did not arrive

  const fieldOf = (event) => event.detail.elt?.closest?.(".field");
  const tell = (field, words, how) => {
    const line = field.querySelector(".field-line, .field-error");
    if (!line) return;
    const mark = document.createElement("span");
    mark.className = `field-saved ${how}`;
    mark.textContent = words;
    line.replaceChildren(mark);
    if (how === "is-failed") document.getElementById("live").textContent = words;
  };
  const fail = (field, words) => {
    waiting.delete(field.id);
    failed.add(field.id);
    tell(field, words, "is-failed");
  };

  answers.addEventListener("htmx:beforeRequest", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    waiting.add(field.id);
    failed.delete(field.id);
    tell(field, answers.dataset.busy, "is-busy");
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    answers.addEventListener(name, (event) => {
      const field = fieldOf(event);
      if (field) fail(field, event.detail.xhr?.status === 403 ? answers.dataset.away : answers.dataset.lost);
    });
  }
  // A page that is not the answer to a saved question (the sign-in page) must not take its place.
  answers.addEventListener("htmx:beforeSwap", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    waiting.delete(field.id);
    if (event.detail.shouldSwap && !event.detail.xhr.getResponseHeader("X-Answer")) {
      event.detail.shouldSwap = false;
      fail(field, answers.dataset.away);
    }
  });
  // The boxes stay as they are when the line under them is replaced: say which of them are wrong.
  document.addEventListener("htmx:afterSettle", () => {
    answers.querySelectorAll(".field-state").forEach((state) => {
      const control = document.getElementById(`v-${state.id.slice(2)}`);
      if (state.hasAttribute("data-invalid")) control?.setAttribute("aria-invalid", "true");
      else control?.removeAttribute("aria-invalid");
    });
  });

  // Signing in again, in another tab, gives a new token against forged requests: fetch it from this very page.
  const renew = async () => {
    const page = await fetch(location.pathname);
    const fresh = page.ok && !page.redirected && new DOMParser().parseFromString(await page.text(), "text/html");
    const token = fresh && fresh.getElementById("answers")?.dataset.hxHeaders;
    if (!token) return false;
    answers.dataset.hxHeaders = token;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((box) => {
      box.value = JSON.parse(token)["X-CSRFToken"];
    });
    return true;
  };
  const again = async () => {
    if (!failed.size || !(await renew().catch(() => false))) return;
    [...failed].forEach((id) => document.getElementById(id)?.dispatchEvent(new Event("change")));
  };
  addEventListener("online", again);
  addEventListener("focus", again);
  setInterval(() => { if (navigator.onLine) again(); }, 15000);

  let leaving = false;
  document.getElementById("sheet")?.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    const box = document.activeElement;
    const untold = box?.form?.id === "sheet" && box.value !== undefined && box.type === "text" && box.value !== box.defaultValue;
    if (!leaving && (waiting.size || failed.size || (untold && !box.closest(".field").querySelector(".field-saved")))) {
      event.preventDefault();
    }
  });

  // A link to a question puts the cursor into its box.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href*="#"]');
    const id = link?.hash.slice(1);
    if (!id) return;
    const control = document.getElementById(id.startsWith("f-") ? `v-${id.slice(2)}` : id);
    if (control?.matches("input, select, textarea")) {
      event.preventDefault();
      control.focus();
      control.closest(".field, li")?.scrollIntoView({ block: "center" });
    }
  });
})();
