// The assessment form as a wizard: one question a screen, kept on the phone, sent when there is a
// connection. Without this script the page is a plain form.
(() => {
  "use strict";
  const form = document.getElementById("form");
  const queueBox = document.getElementById("queue");
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem("trailcat." + key)); } catch { return null; } },
    set(key, value) { localStorage.setItem("trailcat." + key, JSON.stringify(value)); },
    remove(key) { localStorage.removeItem("trailcat." + key); },
  };
  try { store.set("probe", 1); store.remove("probe"); } catch { return; } // nothing can be stored: stay a plain form
  document.documentElement.classList.add("js");

  const element = (name, text, click) => {
    const e = document.createElement(name);
    e.textContent = text;
    if (click) { e.type = "button"; e.addEventListener("click", click); }
    return e;
  };
  // formatTime returns a time here in the language of the page.
  const formatTime = time => new Date(time).toLocaleString("en-GB", { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  const plural = (n, one, many) => n === 1 ? "1 " + one : n + " " + many;

  // The queue: visits that are finished and not sent yet.
  const queue = () => store.get("queue") || [];
  const change = (id, edit) => { store.set("queue", queue().flatMap(v => v.id === id ? edit(v) || [] : [v])); showQueue(); };
  let sending = null, notice = "";

  function showQueue() {
    if (!queueBox) return;
    const all = queue(), rejected = all.filter(v => v.error), waiting = all.length - rejected.length;
    const pressed = queueBox.contains(document.activeElement) ? document.activeElement.textContent : "";
    queueBox.replaceChildren();
    queueBox.hidden = all.length === 0 && !notice;
    if (waiting) queueBox.append(element("p", plural(waiting, "visit", "visits") + " not sent yet. " + (waiting === 1 ? "It is" : "They are") + " stored on this phone."));
    if (notice) queueBox.append(element("p", notice));
    if (waiting && form) queueBox.append(element("button", "Send now", () => send()));
    if (rejected.length) {
      const list = document.createElement("ul");
      for (const v of rejected) {
        const item = element("li", v.name + ": " + v.error + " ");
        if (form) item.append(element("button", "Change the visit to " + v.name, () => edit(v)));
        item.append(element("button", "Delete the visit to " + v.name, () => {
          if (confirm("Delete this visit to " + v.name + " from this phone?")) change(v.id, () => null);
        }));
        list.append(item);
      }
      queueBox.append(element("p", plural(rejected.length, "visit", "visits") + " could not be recorded:"), list);
    }
    if (pressed) { // keep the focus, though its button is a new one
      const buttons = [...queueBox.querySelectorAll("button")];
      (buttons.find(b => b.textContent === pressed) || buttons[0] || document.getElementById("main")).focus();
    }
  }

  // A stored page may be of an earlier link than the one that was opened.
  const token = () => new URLSearchParams(location.search).get("token") || (form ? form.elements.token.value : "");
  const tokenEnd = () => token().slice(-12); // tells links apart without storing them

  // send sends what is in the queue, one visit after the other, and returns the IDs of those that
  // were recorded. A visit stays in the queue until the server has confirmed it.
  function send() {
    sending ||= sendAll().finally(() => { sending = null; showQueue(); });
    return sending;
  }

  async function sendAll() {
    const recorded = [];
    notice = "";
    for (const visit of queue().filter(v => !v.error)) {
      if (!token()) { notice = "Open a new link on this phone to send what is stored."; break; }
      let response;
      try {
        response = await fetch("/assess", {
          method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams([["token", token()], ["visit", visit.id], ...visit.fields]), signal: AbortSignal.timeout(20000),
        });
      } catch {
        notice = "There is no connection. Sending continues when it is back.";
        break;
      }
      if (response.ok) {
        recorded.push(visit.id);
        change(visit.id, () => null);
        continue;
      }
      const problem = await response.json().catch(() => ({}));
      if (response.status === 401) { notice = "This link no longer works. Open a new link on this phone to send what is stored."; break; }
      if (response.status === 408 || response.status === 429 || response.status >= 500) { notice = "The server is busy. Sending continues later."; break; }
      const details = (problem.errors || []).map(e => e.message).join(" ");
      change(visit.id, v => ({ ...v, link: tokenEnd(), error: details || problem.detail || "The server does not accept this visit (" + response.status + ")." }));
    }
    return recorded;
  }

  for (const time of document.querySelectorAll("footer time")) time.textContent = formatTime(time.dateTime);
  window.addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(() => { if (queue().some(v => !v.error)) send(); }, 60000);
  if (form) store.set("queue", queue().map(v => v.error && v.link !== tokenEnd() ? { ...v, error: "" } : v)); // another link may fit
  showQueue();
  send();
  keepForOffline();
  if (!form) return;

  // keepForOffline stores the page and what it needs for use without a connection.
  async function keepForOffline() {
    if (!("serviceWorker" in navigator)) return;
    try {
      navigator.storage?.persist?.();
      await navigator.serviceWorker.register("/assess/worker.js", { scope: "/assess" });
      if (!form || document.querySelector("#errors")) return;
      const cache = await caches.open("trailcat-assess");
      const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map(e => e.href || e.src);
      for (const old of await cache.keys()) {
        if (old.url.includes("?v=") && !files.includes(old.url)) await cache.delete(old);
      }
      await cache.addAll([...files, "/assess/sheet", "/docs/favicon-32x32.png"]);
      const page = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
      if (page.ok) await cache.put("/assess", page);
      document.documentElement.dataset.offline = "ready";
    } catch { /* the form still works with a connection */ }
  }

  // The wizard.
  const $ = id => document.getElementById(id);
  const value = name => { const f = form.elements[name]; return f ? f.value || "" : ""; };
  const questions = [...form.querySelectorAll(".question")];
  let draft = null; // the visit that is being recorded

  // steps returns the IDs of the screens in their order, given the answers so far.
  function steps() {
    const look = form.querySelector("[name=look]:checked"), traits = look ? look.dataset.traits.split(" ") : [];
    const words = text => text.split(" ").filter(Boolean);
    const asked = traits.filter(trait => {
      const q = $("q-" + trait);
      if (!q) return false;
      const needs = words(q.dataset.needs).find(n => n.startsWith(value("role") + ":"));
      return words(q.dataset.roles).includes(value("role")) && !words(q.dataset.notIn).includes(value("context")) && !(needs && Number(value("days")) < Number(needs.split(":")[1]));
    });
    return ["s-cat", "s-you", "s-place", "s-look", ...asked.map(t => "q-" + t), "s-send"];
  }

  // problemOf returns what is missing on a screen, or an empty string.
  function problemOf(id) {
    const chosen = name => value(name) !== "";
    switch (id) {
      case "s-cat": return chosen("cat") ? "" : "Choose the cat.";
      case "s-you": return !value("assessor").trim() ? "Enter your initials or staff number." : chosen("role") ? "" : "Choose what you are.";
      case "s-place": {
        const days = form.elements.days;
        if (!chosen("context")) return "Choose where the cat is.";
        if (!days.validity.valid || !/^\d*$/.test(days.value)) return "Enter the days as a number, or leave it empty.";
        return !chosen("date") ? "Enter the day of the visit." : value("date") > today() ? "The day of the visit must not be in the future." : "";
      }
      case "s-look": return chosen("look") ? "" : "Choose what you have time for.";
      case "s-send": {
        if (!form.elements.minutes.validity.valid) return "Enter the minutes as a number up to 1440, or leave it empty.";
        return steps().some(s => s.startsWith("q-") && Number(value("level." + s.slice(2))) > 0) ? "" : "You saw none of the answers, so there is nothing to send. Go back and answer at least one question.";
      }
      default: return chosen("level." + id.slice(2)) ? "" : "Choose an answer, or “I did not see this”.";
    }
  }

  // today returns the day here, but not one that has not begun in UTC, which the server uses.
  function today() {
    const now = new Date(), two = n => String(n).padStart(2, "0");
    const here = now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate()), utc = now.toISOString().slice(0, 10);
    return here < utc ? here : utc;
  }

  const current = () => document.querySelector(".step.current");

  function show(id, focus = true) {
    const step = $(id);
    current()?.classList.remove("current");
    step.classList.add("current");
    step.querySelector(".problem")?.remove();
    const all = steps(), at = all.indexOf(id);
    let progress = step.querySelector(".progress");
    if (at >= 0) {
      if (!progress) {
        progress = element("p", "");
        progress.className = "progress";
        step.prepend(progress);
      }
      progress.textContent = at < 4 ? "Step " + (at + 1) : id === "s-send" ? "Last step" : "Question " + (at - 3) + " of " + (all.length - 5);
      const [back, next] = [step.querySelector(".buttons .button:not(.primary)"), step.querySelector(".buttons a.primary")];
      if (back) back.href = "#" + all[at - 1];
      if (next) next.href = "#" + all[at + 1];
    }
    if (id === "s-send") summarize();
    const heading = step.querySelector("h2");
    document.title = heading.textContent + " – " + document.querySelector("header h1").textContent;
    if (focus) heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function complain(step, message) {
    step.querySelector(".problem")?.remove();
    const box = element("p", "");
    box.className = "problem";
    box.setAttribute("role", "alert");
    box.tabIndex = -1;
    box.append(element("strong", "Please correct this: "), message);
    step.querySelector("h2").closest("legend, h2").after(box);
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "center" });
  }

  // follow shows the screen that the address names, or the first one that is not complete.
  function follow() {
    const id = location.hash.slice(1);
    if (id === "s-done" || id === "s-resume") return show(id);
    const all = steps(), at = Math.max(all.indexOf(id), 0), open = all.findIndex(s => problemOf(s) !== "");
    const to = all[open >= 0 && open < at ? open : at];
    if (to !== id) history.replaceState(null, "", "#" + to);
    show(to);
    save();
  }

  const go = id => { if (location.hash === "#" + id) follow(); else location.hash = id; };

  form.addEventListener("click", event => {
    const next = event.target.closest(".buttons a.primary");
    if (!next) return;
    const step = next.closest(".step"), problem = problemOf(step.id);
    if (!problem) return;
    event.preventDefault();
    complain(step, problem);
  });
  window.addEventListener("hashchange", follow);

  // The draft: what was answered so far, with the minutes in which something was answered.
  const skipped = ["token", "visit", "q"];
  const fields = () => [...new FormData(form)].filter(([name]) => !skipped.includes(name));

  function save() {
    if (!value("cat")) return;
    const now = Date.now();
    draft ||= { id: newID(), active: 0, at: now };
    draft.active += Math.min(now - draft.at, 5 * 60000);
    Object.assign(draft, { at: now, fields: fields(), step: location.hash.slice(1), name: nameOf(value("cat")) });
    store.set("draft", draft);
  }

  function newID() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map(b => b.toString(16).padStart(2, "0")).join("");
  }

  function nameOf(cat) {
    const input = [...form.querySelectorAll("[name=cat]")].find(i => i.value === cat);
    return input ? input.closest(".card").querySelector(".name").textContent : "a cat";
  }

  function fill(all) {
    for (const input of form.querySelectorAll("input[type=radio]")) input.checked = input.defaultChecked && input.name === "cat";
    for (const [name, v] of all) {
      const field = form.elements[name];
      if (!field || skipped.includes(name)) continue;
      if (field instanceof RadioNodeList || field.type === "radio") {
        for (const input of field instanceof RadioNodeList ? field : [field]) input.checked = input.value === v;
      } else if (field.type !== "hidden") field.value = v;
    }
  }

  form.addEventListener("change", event => { if (event.target.name !== "q") save(); });

  function summarize() {
    const rows = [["Cat", nameOf(value("cat"))], ["You", value("assessor")], ["Day", value("date")]];
    const asked = steps().filter(s => s.startsWith("q-"));
    rows.push(["Answers", asked.filter(s => Number(value("level." + s.slice(2))) > 0).length + " of " + asked.length]);
    $("summary").replaceChildren(...rows.flatMap(([name, text]) => [element("dt", name), element("dd", text)]));
    if (draft && !form.elements.minutes.value) form.elements.minutes.value = Math.max(1, Math.round(draft.active / 60000));
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    const all = steps(), here = current();
    if (here.id !== "s-send") return problemOf(here.id) ? complain(here, problemOf(here.id)) : go(all[all.indexOf(here.id) + 1]); // the Enter key
    const open = all.find(s => problemOf(s) !== "");
    if (open && open !== "s-send") return go(open);
    if (open) return complain($("s-send"), problemOf(open));
    save();
    const asked = steps();
    const visit = {
      id: draft.id, name: draft.name,
      fields: fields().filter(([name, v]) => !name.startsWith("level.") || v !== "0" && asked.includes("q-" + name.slice(6))),
    };
    store.set("queue", [...queue().filter(v => v.id !== visit.id), visit]);
    store.set("me", fields().filter(([name]) => ["assessor", "role", "context", "look"].includes(name)));
    forget();
    finish(visit);
  });

  function forget() {
    draft = null;
    store.remove("draft");
  }

  async function finish(visit) {
    $("done-title").textContent = "The visit is stored";
    $("done-text").textContent = "Sending your visit to " + visit.name + "…";
    go("s-done");
    showQueue();
    await sending; // a run that began before this visit does not send it
    await send();
    const left = queue().find(v => v.id === visit.id);
    $("done-title").textContent = left ? "The visit is stored on this phone" : "Thank you";
    $("done-text").textContent = !left ? "Your visit to " + visit.name + " is recorded."
      : left.error ? "The server does not accept it. See the message above."
      : "It is sent when there is a connection. Keep this page open, or open it again later. You can assess more cats now.";
    if (current()?.id === "s-done") $("done-title").focus({ preventScroll: true });
  }

  function start(id = "s-cat") {
    form.elements.note.value = form.elements.minutes.value = form.elements.days.value = "";
    form.elements.date.value = today();
    fill(store.get("me") || []);
    go(id);
  }

  function edit(visit) {
    if (draft && !confirm("Replace your unfinished visit to " + draft.name + "?")) return;
    start();
    fill(visit.fields);
    draft = { id: newID(), active: 0, at: Date.now() };
    change(visit.id, () => null);
    save();
    follow();
  }

  $("another").addEventListener("click", () => { forget(); start(); });
  $("discard").addEventListener("click", () => { forget(); start(); });
  $("resume").addEventListener("click", () => { fill(draft.fields); draft.at = Date.now(); go(draft.step || "s-cat"); });

  // The list of cats.
  for (const photo of form.querySelectorAll(".card img")) {
    const missing = () => { photo.hidden = true; };
    if (photo.complete && !photo.naturalWidth && photo.currentSrc) missing();
    photo.addEventListener("error", missing);
  }
  const search = $("q");
  if (search) {
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const item of $("cats").children) item.hidden = !words.every(w => item.textContent.toLowerCase().includes(w));
    });
    search.addEventListener("keydown", event => { if (event.key === "Enter") event.preventDefault(); });
  }

  draft = store.get("draft");
  if (document.querySelector("#errors")) {
    history.replaceState(null, "", location.pathname + location.search);
    show("s-cat", false);
  } else if (draft) {
    $("resume-text").textContent = "Your visit to " + draft.name + ", from " + formatTime(draft.at) + ", is not finished.";
    go("s-resume");
  } else {
    form.elements.date.value = today();
    fill(store.get("me") || []);
    history.replaceState(null, "", location.pathname + location.search); // a screen of an earlier visit
    show("s-cat", false);
  }
})();
