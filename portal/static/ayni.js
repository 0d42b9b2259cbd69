// Ayni: small improvements; every page works without them.
"use strict";
const problems = document.getElementById("problemas");
if (problems) problems.focus();
