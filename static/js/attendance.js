/* Attendance: a tap that did not reach the server is told beside the name. The list works without this. */
"use strict";
(() => {
  document.documentElement.classList.add("att-live");
  const row = (event) => event.target.closest?.(".att-row");
  const failed = (event) => row(event)?.classList.add("is-failed");
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:beforeRequest", (event) => row(event)?.classList.remove("is-failed"));
})();
