// What the pages gain with a script; every one of them works without.
"use strict";

const root = document.documentElement;

// Theme: the buttons in the user menu. theme.js applies the choice on the next page.
function markTheme() {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("theme") || "auto";
  } catch {
    // Storage is forbidden: nothing to mark but the system's.
  }
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
}
function chooseTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Storage is forbidden: the choice lasts for this page.
  }
  markTheme();
}

// Tables that turn into cards on a phone stay tables for a screen reader.
const ROLES = { THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
function keepTableRoles(within) {
  const around = within.closest?.(".table");
  for (const table of around ? [around] : within.querySelectorAll(".table")) {
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody, tfoot, tr, td")) {
      // A row that waits for its content is not a row yet.
      part.setAttribute("role", part.tagName === "TR" && !part.cells.length ? "none" : ROLES[part.tagName]);
    }
    for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.closest("thead") ? "columnheader" : "rowheader");
  }
}

// Messages: a live region speaks only what enters it after the page is there.
function speakMessages() {
  const region = document.getElementById("messages");
  if (!region?.children.length) return;
  setTimeout(() => region.replaceChildren(...[...region.children].map((toast) => toast.cloneNode(true))), 300);
}
function toastFrom(template) {
  const source = document.getElementById(template);
  document.getElementById("messages")?.replaceChildren(source.content.cloneNode(true));
}

// A form sent once is not sent twice; the server refuses a second purchase anyway (D6).
function guardSubmit(event) {
  const form = event.target;
  if (event.submitter?.matches("[data-waits][aria-disabled]")) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || form.method !== "post" || "repeatable" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-disabled", "true");
}
function releaseForms() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

// Asking the server again: the address without what is empty, nothing that was asked just now,
// and nothing by a form that is on its way.
const asked = new WeakMap();
function tidyRequest({ detail }) {
  const { elt, formData, triggeringEvent } = detail;
  // What is typed asks for the form's own page, even on the way to a button that leads elsewhere.
  if (triggeringEvent?.type === "input") detail.path = elt.getAttribute("hx-get") || detail.path;
  if (elt.matches("[role=search]")) for (const [name, value] of [...formData]) if (!value) formData.delete(name);
}
function askOnce(event) {
  const { elt, requestConfig, pathInfo } = event.detail;
  if (requestConfig.verb !== "get") return;
  if (elt.dataset.sent || asked.get(elt) === pathInfo.finalRequestPath) event.preventDefault();
  else asked.set(elt, pathInfo.finalRequestPath);
}
const forgetAsked = (event) => asked.delete(event.detail.elt);
// Typed before this script was there, or put back by the browser: asked for now. Not where
// asking moves the address: that would take Forward away from someone who went back.
function askForWhatStands() {
  const differs = (field) => field.value !== (field.defaultValue ?? field.value) || field.checked !== field.defaultChecked;
  for (const form of document.querySelectorAll("form[hx-get]:not([hx-push-url])")) {
    if ([...form.elements].some(differs)) form.dispatchEvent(new Event("input"));
  }
}

// What arrives finds the page as it was left: details stay open, the focus stays near.
function keepOpen({ detail }) {
  for (const details of detail.fragment.querySelectorAll("details[id]")) {
    details.open = Boolean(document.getElementById(details.id)?.open);
  }
}
// A button that waits for a number rests while the page knows of none; whoever types wakes it,
// since only the server can say what a number does.
function restButton() {
  const button = document.querySelector("[data-waits]");
  if (document.getElementById("today")?.hasAttribute("data-nothing")) button?.setAttribute("aria-disabled", "true");
  else wakeButton(button?.form);
}
function wakeButton(form) {
  const button = form?.querySelector("[data-waits]:not([aria-busy])");
  button?.removeAttribute("aria-disabled");
}
// One more, one fewer; one fewer than the least is nothing, where nothing may be entered.
function step(button) {
  const input = button.parentElement.querySelector("input");
  if (button.dataset.step > 0) input.stepUp();
  else if (input.value === input.min && !input.required) input.value = "";
  else if (input.value) input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
// A number is marked as wrong for as long as its sentence stands beside it.
function markNumbers() {
  for (const input of document.querySelectorAll(".table .number-input")) {
    const error = input.closest("tbody").querySelector(".field__error");
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", error?.id]]) {
      if (error) input.setAttribute(name, value);
      else input.removeAttribute(name);
    }
  }
}
// What was opened in a column that scrolls begins in sight. The column moves no further than that,
// so that what stands above stays, and the first line is never behind the heading.
const BEGINNING = 128;
function showOpened({ target }) {
  const column = target.open && target.closest?.(".summary__body");
  if (!column) return;
  const [seen, opened] = [column, target].map((element) => element.getBoundingClientRect());
  const head = parseFloat(getComputedStyle(column).scrollPaddingTop) || 0;
  const begun = Math.min(opened.bottom, opened.top + BEGINNING);
  column.scrollTop += Math.min(opened.top - seen.top - head, Math.max(0, begun - seen.bottom));
}
function focusAfter(event) {
  const place = event.target.closest?.("[data-focus-after]");
  if (place && document.activeElement === document.body) document.querySelector(place.dataset.focusAfter)?.focus({ preventScroll: true });
}

// A key is copied by a button, too; where the browser does not let it, the key is selected.
async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.querySelector("[aria-live]").textContent = button.dataset.copied;
  } catch {
    // What is selected is copied by hand.
  }
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  closeMenus(target);

  const theme = target.closest("[data-theme-choice]");
  if (theme) chooseTheme(theme.dataset.themeChoice);

  const stepper = target.closest("[data-step]");
  if (stepper) step(stepper);

  const copier = target.closest("[data-copy]");
  if (copier) copy(copier);

  target.closest("[data-dismiss]")?.closest(".toast").remove();

  // A link with data-dialog leads to a page of its own; with a script it opens here.
  const opener = target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  if (target.closest("[data-close]") || target.matches("dialog.dialog")) target.closest("dialog")?.close();
});
document.addEventListener("toggle", showOpened, true);
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  menu.open = false;
});
document.addEventListener("submit", guardSubmit);
document.addEventListener("input", (event) => wakeButton(event.target.form));
for (const resume of [releaseForms, askForWhatStands]) window.addEventListener("pageshow", resume);
document.addEventListener("htmx:load", (event) => keepTableRoles(event.detail.elt));
document.addEventListener("htmx:configRequest", tidyRequest);
document.addEventListener("htmx:beforeRequest", askOnce);
for (const name of ["htmx:sendError", "htmx:sendAbort", "htmx:responseError"]) document.addEventListener(name, forgetAsked);
document.addEventListener("htmx:oobBeforeSwap", keepOpen);
document.addEventListener("htmx:afterSettle", focusAfter);
for (const after of [markNumbers, restButton]) document.addEventListener("htmx:oobAfterSwap", after);
document.addEventListener("htmx:sendError", () => toastFrom("toast-offline"));
document.addEventListener("htmx:responseError", () => toastFrom("toast-failed"));

markTheme();
keepTableRoles(document);
restButton();
speakMessages();
