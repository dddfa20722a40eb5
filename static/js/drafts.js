/* What a person typed and the server has not confirmed yet: kept in this browser, for that person alone.
   Loaded on every page of a signed-in person, so that nobody else finds it after signing in here. What is typed
   behind a personal link that says data-beside is kept apart: the link alone opens it, and neither clears the other. */
"use strict";
(() => {
  const DAYS = 14;
  const { person, signOut, beside } = document.currentScript.dataset;
  const isApart = beside !== undefined;
  const MARK = isApart ? "spm-link-draft:" : "spm-draft:";
  const own = `${MARK}${person}:`;
  // A browser may refuse to store anything, or be full: then the page works as it would without this file.
  const safely = (work, otherwise) => {
    try {
      return work();
    } catch {
      return otherwise;
    }
  };
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(MARK));
  const read = (key) => safely(() => JSON.parse(localStorage.getItem(key)), null);

  // Of somebody else who worked here, or too old to mean anything.
  safely(() => keys().forEach((key) => {
    const fresh = read(key)?.at > Date.now() - DAYS * 86400000;
    if (!(isApart || key.startsWith(own)) || !fresh) localStorage.removeItem(key);
  }));

  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action, location.href).pathname !== signOut) return;
    safely(() => keys().forEach((key) => localStorage.removeItem(key)));
  });

  window.drafts = {
    person,
    /* All drafts of a place (a section of a return), each with the name of what it is a draft of. */
    of: (place) => safely(() => keys()
      .filter((key) => key.startsWith(`${own}${place}:`))
      .map((key) => ({ name: key.slice(own.length + place.length + 1), ...read(key) })), []),
    keep: (place, name, draft) => safely(() => {
      localStorage.setItem(`${own}${place}:${name}`, JSON.stringify({ at: Date.now(), ...draft }));
      return true;
    }, false),
    drop: (place, name) => safely(() => localStorage.removeItem(`${own}${place}:${name}`)),
    /* Signing in again gives a new token against forged requests: fetch it for a part of this very page. Tells whether
       it is "renewed", somebody "other" is signed in, or the person is still "away". */
    renew: async (part) => {
      const answer = await fetch(location.pathname);
      const fresh = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!fresh) return "away";
      if (fresh.querySelector("script[data-person]")?.dataset.person !== person) return "other";
      const token = fresh.getElementById(part.id)?.dataset.hxHeaders;
      if (!token) return "away";
      part.dataset.hxHeaders = token;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((box) => {
        box.value = JSON.parse(token)["X-CSRFToken"];
      });
      return "renewed";
    },
  };
})();
