// The console in a real browser: people's whole path at two widths, in light and dark, without one
// message of the content security policy, one console error or one accessibility violation.
//
// Run by server/tests/console/browser.rs, which serves a small dealership and says where it is:
// BASE_URL, PASSWORD (of everybody), CODES (recovery codes of Otto) and LINKS (for a new password), each used once,
// CONVERSATION (the path of one), CHROMIUM, SCREENSHOTS.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const { BASE_URL, PASSWORD, CONVERSATION, CHROMIUM, SCREENSHOTS } = process.env;
let { CODES, LINKS } = process.env;
const [MANAGER, SALESPERSON] = ["dana@test.example", "marcus@test.example"];
// Of a dealership where nothing was said.
const STRANGER = "sam@other.example";
const WIDTHS = [{ name: "1440", width: 1440, height: 900 }, { name: "390", width: 390, height: 844 }];
mkdirSync(SCREENSHOTS, { recursive: true });

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const complaints = [];
// Answers that a step provokes on purpose; the browser writes each into its console.
const expected = [];

// A person with a browser of their own. bypassCSP lets axe in; a violation by our page would show before it runs.
async function person(name, { width, height }, colorScheme = "light") {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, baseURL: BASE_URL });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (expected.some((part) => message.text().includes(part))) return;
    complaints.push(`${name}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500 && !expected.includes(String(response.status()))) complaints.push(`${name}: ${response.status()} from ${new URL(response.url()).pathname}`);
  });
  return page;
}

async function check(page, name) {
  // The debugger's own world: the page's policy stays as strict as it is.
  const session = await page.context().newCDPSession(page);
  const { readFileSync } = await import("node:fs");
  await session.send("Runtime.evaluate", { expression: readFileSync(axe, "utf8") });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then((found) => JSON.stringify(found.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? ""))])))`,
    awaitPromise: true,
    returnByValue: true,
  });
  for (const [rule, nodes] of JSON.parse(result.value)) complaints.push(`${name}: ${rule}: ${nodes.join(" | ")}`);
  const wide = await page.evaluate(() => [...document.querySelectorAll("body *")]
    .filter((part) => part.checkVisibility() && !part.closest(".sr, .clip, .skip") && part.getBoundingClientRect().right > innerWidth + 1)
    .map((part) => part.outerHTML.slice(0, 120)));
  if (wide.length > 0) complaints.push(`${name}: too wide: ${wide[0]}`);
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}

async function signIn(page, email, path = "/console") {
  expected.push("401");
  await page.goto(path);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  expected.pop();
  await page.locator("#list").waitFor({ state: "attached" });
}

const steps = {
  async "a wrong password is told, a right one leads to where one wanted to go"(size) {
    const page = await person(`sign-in-${size.name}`, size);
    expected.push("401");
    await page.goto(CONVERSATION);
    await page.getByLabel("E-mail address").fill(MANAGER);
    await page.getByLabel("Password").fill("not the one");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("do not belong together").waitFor();
    expected.pop();
    assert.equal(await page.getByLabel("E-mail address").inputValue(), MANAGER, "the address must be typed again");
    await check(page, `sign-in-${size.name}`);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("log", { name: "Messages" }).waitFor();
    assert.equal(new URL(page.url()).pathname, CONVERSATION);
    assert.equal(await page.evaluate(() => document.cookie), "", "a script can read the session");
    await page.context().close();
  },

  async "a second factor, one's own account, and a forgotten password"(size) {
    const page = await person(`account-${size.name}`, size);
    await page.goto("/console/sign-in");
    await page.getByLabel("E-mail address").fill("otto@test.example");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Second step" }).waitFor();
    await check(page, `second-step-${size.name}`);
    await page.getByLabel("Code").fill(CODES.split(" ").pop());
    CODES = CODES.split(" ").slice(0, -1).join(" ");
    await page.keyboard.press("Enter");
    await page.locator("#list").waitFor({ state: "attached" });
    await page.getByRole("button", { name: /, menu/ }).click();
    await page.getByRole("link", { name: "Your account" }).click();
    await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
    await check(page, `account-${size.name}`);
    await page.goto("/console/choose");
    await page.getByRole("heading", { name: "Choose a dealership" }).waitFor();
    await check(page, `choose-${size.name}`);
    const other = await person(`enrol-${size.name}`, size);
    await signIn(other, MANAGER);
    await other.goto("/console/account");
    await other.getByText("your password alone opens nothing").waitFor();
    await other.locator("#begin-current").fill(PASSWORD);
    await other.getByRole("button", { name: "Set it up" }).click();
    await other.getByRole("img", { name: /QR code/ }).waitFor();
    await check(other, `second-factor-${size.name}`);
    const stranger = await person(`forgot-${size.name}`, size);
    await stranger.goto("/console/forgot");
    await check(stranger, `forgot-${size.name}`);
    await stranger.getByLabel("E-mail address").fill("nobody@test.example");
    await stranger.keyboard.press("Enter");
    await stranger.getByText("If there is an account").waitFor();
    await check(stranger, `link-asked-${size.name}`);
    await stranger.goto(LINKS.split(" ").pop());
    LINKS = LINKS.split(" ").slice(0, -1).join(" ");
    await stranger.getByLabel("New password").waitFor();
    await check(stranger, `new-password-${size.name}`);
    await Promise.all([page, other, stranger].map((open) => open.context().close()));
  },

  async "the list and a conversation, in light and dark"(size) {
    for (const scheme of ["light", "dark"]) {
      const page = await person(`look-${scheme}-${size.name}`, size, scheme);
      await signIn(page, MANAGER);
      await page.getByRole("link", { name: /Elena Garcia/ }).waitFor();
      await check(page, `list-${scheme}-${size.name}`);
      await page.goto("/console/approvals");
      await check(page, `approvals-${scheme}-${size.name}`);
      await page.goto(CONVERSATION);
      await page.getByText("Why", { exact: false }).first().waitFor();
      await check(page, `conversation-${scheme}-${size.name}`);
      await page.locator(".why summary").first().click();
      await page.getByRole("heading", { name: "Decisions" }).waitFor();
      await check(page, `why-${scheme}-${size.name}`);
      await page.context().close();
    }
  },

  async "what needs a person, what waits, who said stop, and a place where nothing was said"(size) {
    const page = await person(`kinds-${size.name}`, size);
    await signIn(page, MANAGER);
    for (const [who, told, name] of [
      [/Rosa Delgado/, "Needs a person", "handoff"],
      [/Mina Park/, "Decide before", "proposal"],
      [/303555/, "This customer said stop", "stop"],
    ]) {
      await page.goto("/console");
      await page.locator("#list").getByRole("link", { name: who }).click();
      await page.locator("#pane").getByText(told).first().waitFor();
      await check(page, `${name}-${size.name}`);
    }
    expected.push("404");
    await page.goto("/console/conversations/01941f29-7c00-7000-8000-000000000001");
    expected.pop();
    await check(page, `problem-${size.name}`);
    const stranger = await person(`empty-${size.name}`, size);
    await signIn(stranger, STRANGER);
    await stranger.getByText("No conversations yet").waitFor();
    await check(stranger, `empty-${size.name}`);
    await Promise.all([page.context().close(), stranger.context().close()]);
  },

  async "a reply takes over, live for everybody, and handing back ends it"(size) {
    const [dana, marcus] = [await person(`dana-${size.name}`, size), await person(`marcus-${size.name}`, size)];
    await signIn(dana, MANAGER, CONVERSATION);
    await signIn(marcus, SALESPERSON, CONVERSATION);
    await marcus.getByText("Madison answers").first().waitFor();
    const words = `Dana here, from a ${size.name} px screen.`;
    await dana.getByLabel("Reply to").fill(words);
    await dana.keyboard.press("Control+Enter");
    await dana.getByText("You have taken over.").waitFor();
    await dana.locator("#thread").getByText(words).waitFor();
    await dana.getByText("You answer here.").waitFor();
    assert.equal(await dana.getByLabel("Reply to").inputValue(), "", "the sent words are still in the field");
    assert.ok(await dana.getByLabel("Reply to").evaluate((field) => field === document.activeElement), "focus is lost");
    // Marcus sees it without touching anything, and what he had begun to type stays.
    await marcus.getByLabel("Reply to").fill("half a sent");
    await marcus.locator("#thread").getByText(words).waitFor();
    await marcus.getByText("Dana answers").first().waitFor();
    assert.equal(await marcus.getByLabel("Reply to").inputValue(), "half a sent");
    await dana.locator("#thread").getByText("simulated: not sent").last().waitFor();
    await check(dana, `taken-over-${size.name}`);
    // An opened explanation survives what comes in.
    await dana.locator(".why summary").first().click();
    await dana.getByRole("heading", { name: "Decisions" }).waitFor();
    await marcus.getByRole("button", { name: "Hand back" }).click();
    await marcus.getByText("Handed back.").waitFor();
    await dana.getByText("Madison answers").first().waitFor();
    assert.ok(await dana.locator(".why").first().evaluate((why) => why.open), "the explanation closed by itself");
    await Promise.all([dana.context().close(), marcus.context().close()]);
  },

  async "pausing works at once and is seen by everybody"(size) {
    const [dana, marcus] = [await person(`pause-${size.name}`, size), await person(`paused-${size.name}`, size)];
    await signIn(dana, MANAGER);
    await signIn(marcus, SALESPERSON);
    assert.equal(await marcus.getByRole("button", { name: /Pause/ }).count(), 0, "a salesperson is offered the switch");
    await dana.getByRole("button", { name: "Pause the AI" }).click();
    await dana.getByRole("button", { name: "Resume the AI" }).waitFor();
    await marcus.getByText("AI paused").first().waitFor();
    await check(dana, `paused-${size.name}`);
    await dana.getByRole("button", { name: "Resume the AI" }).click();
    await marcus.getByText("AI on").first().waitFor();
    await Promise.all([dana.context().close(), marcus.context().close()]);
  },

  async "everything is reached by keyboard, and signing out ends it"(size) {
    const page = await person(`keys-${size.name}`, size);
    await signIn(page, MANAGER);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    for (let tabs = 0; tabs < 40; tabs += 1) {
      await page.keyboard.press("Tab");
      const hidden = await page.evaluate(() => {
        const box = document.activeElement.getBoundingClientRect();
        return document.activeElement !== document.body && (box.width < 2 || box.height < 2);
      });
      assert.ok(!hidden, "something invisible takes the focus");
    }
    await page.getByRole("button", { name: /, menu/ }).focus();
    await page.keyboard.press("Enter");
    await check(page, `menu-${size.name}`);
    await page.getByRole("button", { name: "Dark" }).click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    // News may come in while the page leaves; what it then asks for is refused.
    expected.push("401");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expected.pop();
    await page.goto("/console");
    assert.ok(await page.getByLabel("Password").isVisible());
    await page.context().close();
  },

  async "whoever lost the session signs in again, where they were"(size) {
    for (const news of ["session.expired", "resync"]) {
      const page = await person(`expired-${size.name}`, size);
      await signIn(page, MANAGER, CONVERSATION);
      expected.push("401");
      await page.evaluate((name) => setTimeout(() => {
        document.querySelector("#bus")?.dispatchEvent(new Event(name, { bubbles: true }));
      }, 500), news);
      await page.context().clearCookies();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      assert.equal(new URL(page.url()).pathname, CONVERSATION);
      await page.context().close();
      expected.pop();
    }
  },

  async "typing stops a reply that is held, and says so; a ticket is taken from the desk"(size) {
    const page = await person(`held-${size.name}`, size);
    await signIn(page, MANAGER);
    await page.locator("#list").getByRole("link", { name: size.name === "1440" ? /Priya Nair/ : /Tom Becker/ }).click();
    await page.getByRole("button", { name: "Send now" }).waitFor();
    await page.locator(".held summary").click();
    await page.getByLabel("Your words instead").waitFor();
    await check(page, `held-${size.name}`);
    // In the box of other words as well as below; and a server that cannot answer has stopped nothing.
    const field = page.getByLabel(size.name === "1440" ? "Reply to" : "Your words instead");
    await field.fill("");
    expected.push("503");
    await page.route("**/typing", (route) => route.fulfill({ status: 503 }), { times: 1 });
    const failed = page.waitForResponse((response) => response.url().endsWith("/typing"));
    await field.press("I");
    await failed;
    await page.getByRole("button", { name: "Send now" }).waitFor();
    await field.press("t");
    await page.getByText("was stopped; you answer").waitFor();
    expected.pop();
    await page.locator("#thread").getByText("somebody began to type a reply").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send now" }).count(), 0, "it can still be sent");
    assert.equal(await field.inputValue(), "It", "what was typed is lost");
    await page.goto("/console/approvals");
    const tickets = page.locator("#tickets");
    await tickets.getByText(/Dropped: 0/).waitFor();
    await check(page, `tickets-${size.name}`);
    await tickets.locator(".card", { hasText: size.name === "1440" ? "Priya Nair" : "Tom Becker" }).getByRole("button", { name: /Take/ }).click();
    await page.getByText("You answer here until you hand back.").waitFor();
    await page.getByText("took over.").first().waitFor();
    await check(page, `taken-${size.name}`);
    await page.context().close();
  },

  async "a proposal is decided where it stands"(size) {
    const page = await person(`decide-${size.name}`, size);
    await signIn(page, MANAGER, "/console/approvals");
    const cards = page.locator("#approvals .card");
    const before = await cards.count();
    assert.ok(before > 0, "nothing waits");
    // By keyboard alone: E opens the edit, R goes to the reason, Enter sends it.
    await cards.first().focus();
    await page.keyboard.press("e");
    await cards.first().getByRole("button", { name: /Approve as edited/ }).waitFor();
    await check(page, `edit-${size.name}`);
    await cards.first().focus();
    await page.keyboard.press("r");
    await page.keyboard.type("not this week");
    await page.keyboard.press("Enter");
    await page.getByText("Rejected. Nothing of it was done.").waitFor();
    assert.equal(await cards.count(), before - 1);
    await page.getByRole("heading", { name: "Decided lately" }).waitFor();
    await check(page, `decided-${size.name}`);
    await page.context().close();
  },
};

let failed = 0;
for (const size of WIDTHS) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(size);
      console.log(`ok      ${size.name} ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${size.name} ${name}\n${error.message}`);
      for (const [index, context] of browser.contexts().entries()) {
        await context.pages()[0]?.screenshot({ path: `${SCREENSHOTS}/failed-${size.name}-${index}.png` });
        await context.close();
      }
    }
  }
}
await browser.close();
for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
process.exitCode = failed + complaints.length > 0 ? 1 : 0;
