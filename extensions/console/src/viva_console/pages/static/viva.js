// Decides what pages gain where scripts run: times in the viewer's zone that stay true, copy buttons,
// the sums of minutes in the form, and the check of a file against its receipt. Every page is complete without it.
"use strict";

(() => {
  const UNITS = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const exact = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });

  // The server's clock decides: the browser's may be wrong by hours.
  const server = Date.parse(document.documentElement.dataset.now || "");
  const skew = Number.isNaN(server) ? 0 : server - Date.now();

  function relative(seconds) {
    const [unit, size] = UNITS.find(([, s]) => Math.abs(seconds) >= s) || ["second", 1];
    return words.format(Math.trunc(seconds / size), unit);
  }

  function left(seconds) {
    if (seconds <= 0) return "time is up";
    if (seconds < 60) return "under a minute left";
    const minutes = Math.floor(seconds / 60);
    if (minutes < 120) return `${minutes} min left`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  }

  function times(root) {
    for (const element of root.querySelectorAll("time[datetime]")) {
      const moment = new Date(element.dateTime);
      const seconds = (moment - Date.now() - skew) / 1000;
      element.title = exact.format(moment);
      if (element.dataset.time === "ago") element.textContent = relative(seconds);
      else if (element.dataset.time === "left") element.textContent = left(seconds);
      else if (element.dataset.time === "exact") element.textContent = exact.format(moment);
    }
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    const say = button.querySelector("[data-copy-word]");
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      if (!document.execCommand("copy")) return;
    }
    say.textContent = "Copied";
    setTimeout(() => (say.textContent = "Copy"), 2500);
  }

  function sum(form) {
    const chosen = form.querySelectorAll("input[name=questions]:checked");
    const total = [...chosen].reduce((minutes, box) => minutes + Number(box.dataset.minutes), 0);
    const field = form.querySelector("[data-sum]");
    if (field.dataset.touched !== "yes" && total) field.value = total;
    const many = chosen.length > 1;
    form.querySelector("[data-said-sum]").textContent = chosen.length
      ? `${chosen.length} question${many ? "s are" : " is"} chosen, planned for ${total} minutes${many ? " together" : ""}.`
      : "No question is chosen.";
  }

  function allotted(form) {
    const minutes = Number(form.querySelector("[data-sum]").value);
    const percent = Math.round(Number(form.querySelector("[data-multiplier]").value) * 100);
    form.querySelector("[data-said-total]").textContent =
      minutes > 0 ? `This candidate has ${Math.ceil((minutes * percent) / 100)} minutes.` : "";
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-sum]")) event.target.dataset.touched = "yes";
    else if (event.target.matches("input[name=questions]")) sum(event.target.form);
    const form = event.target.form;
    if (form && form.querySelector("[data-multiplier]")) allotted(form);
  });
  document.addEventListener("htmx:afterSwap", () => {
    times(document);
    // A screen reader hears a step once, not at every look.
    const [step, said] = [document.querySelector("[data-say]"), document.getElementById("said")];
    if (step && said && said.textContent !== step.textContent) said.textContent = step.textContent;
  });

  // The room is made while its invite is read: by whoever looks at the page for a moment, so not by
  // what only fetches a link, and until the server says that there is nothing left to ask for.
  async function ahead(form) {
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    for (let asked = 0; asked < 20; asked += 1) {
      await new Promise((done) => setTimeout(done, asked ? 700 : 400));
      if (document.visibilityState !== "visible") continue;
      const answer = await fetch(form.dataset.ahead, { method: "POST", body }).catch(() => null);
      if (answer && answer.status === 200) {
        const { room, login } = await answer.json();
        // The hub and the room know this browser then. It is let in by Start.
        await fetch(login, { mode: "no-cors" }).catch(() => null);
        fetchScripts(room);
      }
      if (!answer || answer.status !== 202) return;
    }
  }

  // What the room's page will load first is fetched for the browser's cache. None of it is run here.
  async function fetchScripts(room) {
    if (navigator.connection && navigator.connection.saveData) return;
    const answer = await fetch(`${room}/viva/scripts`).catch(() => null);
    const names = answer && answer.ok ? await answer.json() : [];
    const lane = async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        if (!/^(static\/lab|lab\/extensions)\/(?!.*\.\.)/.test(name)) continue;
        const script = await fetch(`${room}/${name}`, { priority: "low" }).catch(() => null);
        if (script) await script.arrayBuffer().catch(() => null);
      }
    };
    await Promise.all([lane(), lane(), lane()]);
  }

  // A receipt is checked where the file is: it is read here, and goes nowhere.
  async function checkFile(root, file) {
    const lines = [...document.querySelectorAll("[data-submitted]")];
    let [hash, kind] = ["", "unread"];
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      kind = lines.some((line) => line.textContent.trim() === hash) ? "equal" : "other";
    } catch {
      // Said below: a folder, or a file that has gone.
    }
    const line = lines.find((each) => each.textContent.trim() === hash);
    const words = { name: file.name, title: line ? line.dataset.submitted : "", hash };
    for (const shown of root.querySelectorAll("[data-check-result]")) {
      for (const [name, text] of Object.entries(words)) {
        const place = shown.querySelector(`[data-check-${name}]`);
        if (place) place.textContent = text;
      }
      shown.hidden = shown.dataset.checkResult !== kind;
    }
  }

  function receiptCheck(root) {
    // Browsers compute hashes on secure pages only; elsewhere the commands remain.
    if (!globalThis.crypto?.subtle) return;
    root.hidden = false;
    const field = root.querySelector("input[type=file]");
    // The same file again may hold something else by now.
    field.addEventListener("click", () => (field.value = ""));
    field.addEventListener("change", () => {
      if (field.files.length) checkFile(root, field.files[0]);
    });
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) checkFile(root, file);
    });
  }

  for (const root of document.querySelectorAll("[data-check-file]")) receiptCheck(root);
  for (const form of document.querySelectorAll("form[data-ahead]")) ahead(form);
  for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
  times(document);
  setInterval(() => times(document), 20000);
})();
