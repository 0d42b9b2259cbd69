// Passkeys: the browser answers the question that stands in the form, and the form is sent.
"use strict";
const form = document.querySelector("form[data-passkey]"), able = window.PublicKeyCredential
  && PublicKeyCredential.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON;
form.querySelector("[data-without]").hidden = true;
form.querySelector("[data-unable]").hidden = Boolean(able);
form.querySelector("button").hidden = !able;
const answer = async () => {
  const question = JSON.parse(form.dataset.question);
  const credential = form.dataset.passkey === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
};
form.addEventListener("submit", event => {
  event.preventDefault();
  form.querySelector("[data-failed]").hidden = true;
  answer().catch(() => { form.querySelector("[data-failed]").hidden = false; });
});
