/* Answers of a test or an evaluation: kept in this browser until they are sent. Works without, too. */
"use strict";
(() => {
  const { place, done } = document.currentScript.dataset;
  const { drafts } = window;
  const form = document.querySelector("form[data-kept]");
  if (!drafts) return;
  if (done !== undefined) {
    drafts.drop(place, "answers");
    return;
  }
  if (!form) return;
  const note = document.getElementById("answers-kept");
  const back = document.getElementById("answers-back");
  const tell = (words) => {
    note.textContent = words;
    note.hidden = false;
  };
  const given = () => Array.from(new FormData(form)).filter(
    ([name, value]) => name !== "csrfmiddlewaretoken" && value !== "",
  );

  // After the page was closed: what was never sent stands there again, unless the server sent answers back.
  const [draft] = drafts.of(place);
  if (draft?.values.length && !given().length) {
    draft.values.forEach(([name, value]) => {
      form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((box) => {
        if (["radio", "checkbox"].includes(box.type)) box.checked ||= box.value === value;
        else box.value = value;
      });
    });
    back.hidden = !given().length;
  }

  form.addEventListener("input", () => {
    if (!drafts.keep(place, "answers", { values: given() })) return;
    form.removeAttribute("data-guard"); // nothing is lost any more by leaving the page
    tell(note.dataset.kept);
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    tell(note.dataset.offline);
  });
})();
