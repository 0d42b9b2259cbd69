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

// Copying an address.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}
