/* Small comforts on top of pages that work without them: confirmation, unsaved changes, menus, focus on errors. */
"use strict";
(() => {
  const doc = document;
  const all = (selector) => Array.from(doc.querySelectorAll(selector));

  // <form data-confirm="Question?"> asks in the dialog of the page before it is sent.
  const dialog = doc.getElementById("confirm");
  doc.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (!question || form.confirmed || !dialog?.showModal) return;
    event.preventDefault();
    dialog.querySelector("[data-question]").textContent = question;
    const yes = dialog.querySelector("[value=yes]");
    yes.textContent = button?.dataset.confirmYes || form.dataset.confirmYes || button?.textContent || yes.textContent;
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      form.confirmed = true;
      form.requestSubmit(button);
      form.confirmed = false;
    };
    dialog.showModal();
  });

  // <form data-guard> warns before typed work is left behind.
  let leaving = false;
  doc.addEventListener("input", (event) => event.target.closest("form[data-guard]")?.setAttribute("data-dirty", ""));
  doc.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && doc.querySelector("form[data-dirty]")) event.preventDefault();
  });

  // Menus close on Escape and on a click elsewhere.
  doc.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  doc.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // A filter form with data-auto sends itself when a choice changes.
  doc.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());

  // On a phone the sections are one scrolling row: show the current one.
  const current = doc.querySelector(".sections [aria-current]")?.parentElement;
  if (current) current.parentElement.scrollLeft = current.offsetLeft - 16;
  doc.addEventListener("focusin", (event) => {
    if (event.target.closest(".sections")) event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  // The list of problems gets the focus, so that it is read first.
  doc.querySelector("[data-focus]")?.focus();
})();
