/* Attendance: a tap that did not reach the server is told beside the name. The list works without this. */
"use strict";
(() => {
  document.documentElement.classList.add("att-live");
  const row = (event) => event.target.closest?.(".att-row");
  const failed = (event) => row(event)?.classList.add("is-failed");
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:beforeRequest", (event) => row(event)?.classList.remove("is-failed"));
  // The row that comes back takes the place of the one that had the focus: people go on from there by keys.
  let focused = "";
  document.addEventListener("htmx:beforeSwap", () => { focused = document.activeElement.id; });
  document.addEventListener("htmx:afterSettle", () => {
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    focused = "";
  });
})();
