// What a page cannot do with forms and links alone. Everything else works without this file.
"use strict";

const find = (selector) => document.querySelector(selector);

// Colours. No choice means the device's own.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
  if (choice === undefined) return;
  if (choice) document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
  try {
    if (choice) localStorage.setItem("theme", choice);
    else localStorage.removeItem("theme");
  } catch {}
});

// A stopped draft as the start of a reply.
document.addEventListener("click", (event) => {
  const source = event.target.closest("[data-use]")?.dataset.use;
  const field = find("textarea.reply");
  if (!source || !field) return;
  field.value = document.getElementById(source).querySelector(".words").textContent;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

// Ctrl or Cmd with Enter sends.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest("form")?.requestSubmit();
});

// With the focus on a card, one key decides: A approves, E opens the edit, R goes to the reason. Not while
// something is typed, and nowhere else on the page.
document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".card");
  if (!card || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches("input, textarea, select")) return;
  const meant = card.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!meant) return;
  event.preventDefault();
  if (meant.matches("input")) meant.focus();
  else meant.click();
  if (meant.matches("summary")) meant.parentElement.querySelector("textarea, input:not([type=hidden])")?.focus();
});

// How many texts a reply becomes. 160 characters are one, 153 in each of several; 70 and 67 when a
// character is outside of the basic set (3GPP TS 23.038).
const basic = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~\]|€]*$/;
document.addEventListener("input", (event) => {
  if (!event.target.matches("textarea.reply")) return;
  const text = event.target.value;
  const [one, each] = basic.test(text) ? [160, 153] : [70, 67];
  const texts = text.length <= one ? 1 : Math.ceil(text.length / each);
  find(".segments").textContent = texts > 1 ? `${texts} texts` : "";
});

// Typing stops a reply of the assistant that waits in this conversation, at once, and says so; a reply of one's
// own, or other words for the one that waits.
const told = new Set();
document.addEventListener("input", async (event) => {
  const url = event.target.form?.dataset.typing;
  if (!event.target.matches("textarea") || !event.target.value.trim()) return;
  const held = [event.target.id, ...[...document.querySelectorAll("[data-held]")].map((part) => part.dataset.held)];
  const news = held.filter((id) => !told.has(id));
  if (!url || news.length === 0) return;
  news.forEach((id) => told.add(id));
  try {
    const answer = await fetch(url, { method: "POST", credentials: "same-origin" });
    if (!answer.ok) throw new Error(`typing: ${answer.status}`);
    const { stopped } = await answer.json();
    const output = find(".stopped");
    if (stopped.length > 0 && output) output.textContent = output.dataset.told;
  } catch {
    // Without a good answer nothing is known to be stopped: the next key tries again.
    news.forEach((id) => told.delete(id));
  }
});

// The connection, said where it can be seen and heard.
const lost = find("#lost");
const tell = (text) => { if (lost && lost.textContent !== text) lost.textContent = text; };
document.addEventListener("htmx:sse:error", (event) => {
  if (event.detail.status === 401) location.reload();
  else tell(lost?.dataset.lost ?? "");
});
document.addEventListener("htmx:sse:after:connection", () => tell(""));
document.addEventListener("htmx:error", (event) => {
  if (event.target.matches?.("form")) tell(lost?.dataset.failed ?? "");
});
document.addEventListener("htmx:after:swap", () => { if (lost?.textContent === lost?.dataset.failed) tell(""); });

// The token was revoked or has expired: the page asks for one.
document.addEventListener("session.expired", () => location.reload());

// The thread keeps to its newest end; an explanation that opens must not push its own beginning away.
document.addEventListener("htmx:after:swap", (event) => {
  event.target.closest?.(".why[open]")?.querySelector("summary").scrollIntoView({ block: "nearest" });
});
