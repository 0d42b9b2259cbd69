// Ayni: small improvements; every page works without them.
"use strict";
const problems = document.getElementById("problemas");
if (problems) problems.focus();

// The results that led to a page: with their filters, while the words are the same.
const back = document.querySelector("[data-back]");
try {
  if (document.querySelector("[data-results]")) sessionStorage.setItem("results", location.href);
  const kept = back && sessionStorage.getItem("results");
  if (kept && new URL(kept).searchParams.get("q") === new URL(back.href).searchParams.get("q")) back.href = kept;
} catch { /* a browser that keeps nothing */ }

// Arriving from the results: where the head of a small screen hides the first hit, go to it.
const first = document.querySelector(".text .here"), [arrival] = performance.getEntriesByType("navigation");
if (first && !location.hash && arrival && arrival.type === "navigate") {
  if (first.getBoundingClientRect().bottom > innerHeight - 150) first.scrollIntoView({ block: "center" });
}

// Showing a password while it is typed; it is sent, and kept by the browser, as a password.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal), words = button.firstElementChild;
  const turn = () => {
    input.type = input.type === "password" ? "text" : "password";
    [words.textContent, words.dataset.other] = [words.dataset.other, words.textContent];
  };
  button.hidden = false;
  button.addEventListener("click", turn);
  input.form.addEventListener("submit", () => { if (input.type === "text") turn(); });
}

// Copying an address.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}

// A list opens with the choice that needs it.
for (const fold of document.querySelectorAll("[data-opens]")) {
  const choice = document.getElementById(fold.dataset.opens);
  if (choice) choice.addEventListener("change", () => { fold.open = true; });
}

// Files that are too big are told before they are sent.
for (const input of document.querySelectorAll("input[data-most]")) {
  input.addEventListener("change", () => {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    const much = bytes > input.dataset.most * 1e6;
    input.parentElement.querySelector("[data-too-big]").hidden = !much;
    input.setCustomValidity(much ? input.parentElement.querySelector("[data-too-big]").textContent : "");
  });
  input.form.addEventListener("submit", event => { if (!input.reportValidity()) event.preventDefault(); });
}

// The progress of files, followed without loading the page again.
const live = document.querySelector("#avance[data-live]");
const follow = async () => {
  const answer = await fetch(location.href).catch(() => null);
  if (answer && answer.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("avance"), words = page.getElementById("estado");
    if (!fresh || !words) return;
    live.replaceChildren(...fresh.childNodes);
    const state = document.getElementById("estado");
    if (state.textContent !== words.textContent) state.textContent = words.textContent;
    document.getElementById("pildora").replaceChildren(...page.getElementById("pildora").childNodes);
    if (!("live" in fresh.dataset)) return;
  }
  setTimeout(follow, 2000);
};
if (live) setTimeout(follow, 1000);
