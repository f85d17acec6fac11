// The search of the desk is a key away from every page; where something is typed, a slash is a slash.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
  const field = document.getElementById("desk-search");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
