// The look-up while it is filled in. Everything here also works without it: the form is sent, and
// every link leads somewhere. Nothing is stored; the address holds what was asked. It runs as soon as
// the form is there; the answer below may still be coming in.

"use strict";

const WAIT = 250; // ms after the last key; half of it before names are looked for
const LEAST = 2; // letters before names are looked for
const MOST = 8; // names that are shown

const form = document.getElementById("ask");
const said = document.getElementById("said");
const find = (id) => document.getElementById(id);
const whole = new Promise((then) => {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", then, { once: true });
  } else {
    then();
  }
});

// --- the answer ----------------------------------------------------------------------------------

let latest = 0; // number of the last question; an answer to an earlier one is dropped
let asking = null; // its AbortController
let waiting = 0;
let shown = new URLSearchParams(new FormData(form)).toString();

const entered = () => new URLSearchParams(new FormData(form)).toString();

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT);
}

async function ask({ then = () => {}, always = false } = {}) {
  clearTimeout(waiting);
  await whole; // rows of the first answer that are still coming in would mix with those of another
  const query = entered();
  if (query === shown && !always) {
    return;
  }
  shown = query;
  const number = ++latest;
  asking?.abort();
  asking = new AbortController();
  find("answer").setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`${form.dataset.answer}?${query}`, {
      signal: asking.signal,
      credentials: "same-origin",
      headers: { Accept: "text/html" },
    });
    const html = await response.text();
    if (number !== latest) {
      return;
    }
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!page.getElementById("answer")?.dataset.title) {
      throw new Error(`status ${response.status}`);
    }
    put(page);
    then();
  } catch (error) {
    if (error.name !== "AbortError" && number === latest) {
      failed(error);
    }
  }
}

// an answer that does not belong to the form must not look as if it did
function failed(error) {
  shown = "";
  if (!(error instanceof TypeError)) {
    form.submit(); // the plain way says what is wrong
    return;
  }
  const note = document.createElement("p");
  note.className = "warning stale";
  note.textContent =
    "The service cannot be reached. What is shown below belongs to what was entered before.";
  find("answer").querySelector(".stale")?.remove();
  find("answer").prepend(note);
  said.textContent = note.textContent;
}

function put(page) {
  const fresh = page.getElementById("answer");
  const old = find("answer");
  steadily(() => {
    find("first").replaceChildren(...page.getElementById("first").childNodes);
    beside(page);
  });
  old.replaceChildren(...fresh.childNodes);
  old.removeAttribute("aria-busy");
  document.title = fresh.dataset.title;
  const query = fresh.dataset.query;
  history.replaceState(null, "", query ? `${form.action}?${query}` : form.action);
  said.textContent = fresh.dataset.said;
}

// what comes and goes above it must not move the field that is being filled in
function steadily(change) {
  const field = form.contains(document.activeElement) ? document.activeElement : null;
  const before = field?.getBoundingClientRect().top;
  change();
  if (field) {
    scrollBy({ top: field.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

// what is wrong, beside each field
function beside(page) {
  const faults = new Map();
  for (const each of page.querySelectorAll("#field-faults > li")) {
    faults.set(each.dataset.for, each);
  }
  // the server leaves empty rows out: its numbers are those of the rows that are filled in
  const places = filled();
  for (const slot of form.querySelectorAll(".error")) {
    const place = slot.id.replace(/-error$/, "");
    const fault = faults.get(places.get(place) ?? place);
    const field = find(place);
    const told = fault?.cloneNode(true) ?? document.createElement("li");
    for (const fix of told.querySelectorAll("[data-set]")) {
      fix.dataset.set = place;
    }
    // what is told again stays as it is, and so does the focus on a name in it
    if (slot.innerHTML !== told.innerHTML) {
      slot.replaceChildren(...told.childNodes);
    }
    if (fault) {
      field?.setAttribute("aria-invalid", "true");
      unfold(slot);
    } else {
      field?.removeAttribute("aria-invalid");
    }
  }
}

// id of a field in the form -> its id if empty rows were left out
function filled() {
  const found = new Map();
  for (const list of form.querySelectorAll("[data-rows]")) {
    let number = 0;
    for (const row of list.querySelectorAll(".row")) {
      const fields = [...row.querySelectorAll("input, select")];
      const used = fields.some((each) =>
        each.tagName === "INPUT" ? each.value.trim() : each.selectedIndex > 0,
      );
      for (const each of fields) {
        found.set(each.id, used ? each.id.replace(/\d+$/, String(number)) : "");
      }
      number += used ? 1 : 0;
    }
  }
  return found;
}

// --- rows ----------------------------------------------------------------------------------------

function renumber(list) {
  const name = list.dataset.rows;
  [...list.querySelectorAll(".row")].forEach((row, at) => number(row, name, at));
}

function number(row, name, at) {
  for (const each of [row, ...row.querySelectorAll("*")]) {
    for (const key of ["id", "for", "aria-describedby", "aria-controls", "data-set"]) {
      const value = each.getAttribute(key);
      if (value) {
        each.setAttribute(key, value.replace(/-(\d+|N)(?=-|\s|$)/g, `-${at}`));
      }
    }
    const label = each.getAttribute("aria-label");
    if (label) {
      each.setAttribute("aria-label", label.replace(/(\d+|N)$/, String(at + 1)));
    }
    if (each.matches("[data-remove]")) {
      each.value = `${name}:${at}`;
    }
    if (each.matches("label") && /(\d+|N)$/.test(each.textContent)) {
      each.textContent = each.textContent.replace(/(\d+|N)$/, String(at + 1));
    }
  }
}

function add(name) {
  const list = form.querySelector(`[data-rows="${name}"]`);
  unfold(list);
  const last = list.querySelector(".row:last-child");
  const first = last?.querySelector("input");
  if (first && !first.value) {
    first.focus();
    return last;
  }
  const row = find(`new-${name}`).content.firstElementChild.cloneNode(true);
  list.querySelector(".rows").append(row);
  renumber(list);
  enhance(row);
  row.querySelector("input").focus();
  return row;
}

function remove(button) {
  const list = button.closest("[data-rows]");
  const row = button.closest(".row");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  if (!list.querySelector(".row")) {
    add(list.dataset.rows);
  } else {
    next.querySelector("input").focus();
  }
  soon();
}

// --- names while one is typed (a combobox, ARIA 1.2) ---------------------------------------------

function enhance(root) {
  for (const input of root.querySelectorAll("input[data-terms]")) {
    combobox(input);
  }
}

function combobox(input) {
  const kinds = input.dataset.terms.split(" ");
  const box = document.createElement("ul"); // put beside the field when names are first looked for
  let hits = [];
  let at = -1;
  let asked = 0;
  let listed = ""; // for what the names that are shown were found
  let timer = 0;

  input.removeAttribute("list");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  box.className = "choices";
  box.hidden = true;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "Names");

  const named = () => `${input.id}-names`;

  function close() {
    clearTimeout(timer);
    asked += 1;
    box.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    input.removeAttribute("aria-controls");
  }

  function mark(next) {
    at = hits.length ? (next + hits.length) % hits.length : -1;
    [...box.children].forEach((each, index) => {
      each.setAttribute("aria-selected", String(index === at));
      if (index === at) {
        input.setAttribute("aria-activedescendant", each.id);
        each.scrollIntoView({ block: "nearest" });
      }
    });
  }

  function unmark() {
    at = -1;
    input.removeAttribute("aria-activedescendant");
    box.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  }

  function choose(index) {
    input.value = hits[index].name;
    close();
    ask();
  }

  function show() {
    input.after(box);
    box.id = named();
    box.replaceChildren(
      ...hits.map((hit, index) => {
        const item = document.createElement("li");
        item.id = `${named()}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = hit.name;
        const by = about(hit);
        if (by) {
          const small = document.createElement("small");
          small.textContent = by;
          item.append(small);
        }
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(index));
        return item;
      }),
    );
    unmark();
    box.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(Boolean(hits.length)));
    if (hits.length) {
      input.setAttribute("aria-controls", box.id);
    }
    const number = hits.length === 1 ? "1 name" : `${hits.length} names`;
    said.textContent = hits.length ? `${number}; arrow keys choose` : "";
  }

  async function look() {
    const typed = input.value.trim();
    const number = ++asked;
    if (typed.length < LEAST) {
      close();
      return;
    }
    const query = new URLSearchParams({ q: typed.slice(0, 200), limit: "30" });
    if (kinds.length === 1) {
      query.set("kind", kinds[0]);
    }
    try {
      const response = await fetch(`${form.dataset.termsAt}?${query}`, {
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      const found = response.ok ? (await response.json()).hits : [];
      if (number === asked && document.activeElement === input) {
        hits = found.filter((hit) => kinds.includes(hit.kind)).slice(0, MOST);
        listed = typed;
        show();
      }
    } catch {
      close();
    }
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation(); // half a name is not looked up
    clearTimeout(timer);
    unmark(); // what was marked belongs to what was typed before
    timer = setTimeout(look, WAIT / 2);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (box.hidden || listed !== input.value.trim()) {
        clearTimeout(timer); // names for half of what stands there are not to be chosen from
        look();
      } else {
        mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
      }
    } else if (event.key === "Enter" && !box.hidden && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Escape" && !box.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
}

function about(hit) {
  if (hit.could_be.length) {
    return "could be several diagnoses; taken as open";
  }
  const { text, by, rank } = hit.matched;
  if (by === "name" || text === hit.name) {
    return hit.kind === "class" ? "a class of drugs" : "";
  }
  return `${rank === "fuzzy" ? "like " : ""}${text}, ${by}`;
}

// --- tables --------------------------------------------------------------------------------------

function sort(link) {
  const key = link.dataset.sort;
  const down = link.closest("th").getAttribute("aria-sort") === "ascending";
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const rows = [...table.tBodies].sort((a, b) => Number(a.dataset.at) - Number(b.dataset.at));
    rows.sort((a, b) => (down ? -1 : 1) * compare(a.dataset[key], b.dataset[key]));
    table.append(...rows);
    for (const head of table.tHead.rows[0].cells) {
      if (head.hasAttribute("aria-sort")) {
        const own = head.querySelector("a").dataset.sort === key;
        head.setAttribute("aria-sort", own ? (down ? "descending" : "ascending") : "none");
      }
    }
  }
  const sorted = down ? `-${key}` : key;
  let field = form.elements.sort;
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "sort" });
    form.append(field);
  }
  field.value = sorted;
  shown = entered();
  const query = new URLSearchParams(location.search);
  query.set("sort", sorted);
  history.replaceState(null, "", `?${query}`);
  said.textContent = `Sorted by ${link.textContent}, ${down ? "descending" : "ascending"}`;
}

function compare(a, b) {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? a.localeCompare(b, "en", { numeric: true }) : difference;
}

// --- what is clicked -----------------------------------------------------------------------------

function unfold(element) {
  for (let each = element.closest("details"); each; each = each.parentElement.closest("details")) {
    each.open = true;
  }
}

function reach(field) {
  unfold(field);
  field.scrollIntoView({ block: "center" });
  field.focus();
}

document.addEventListener("click", (event) => {
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const target = event.target.closest("a, button");
  if (!target || !plain || event.button !== 0) {
    return;
  }
  const { set, field, adds, sort: key } = target.dataset;
  if (target.matches("[data-add]")) {
    event.preventDefault();
    add(target.value);
  } else if (target.matches("[data-remove]")) {
    event.preventDefault();
    remove(target);
  } else if (set && find(set) && target.closest("form")) {
    event.preventDefault();
    find(set).value = target.dataset.value;
    find(set).focus();
    ask();
  } else if (adds) {
    event.preventDefault();
    const row = add(adds);
    if (target.dataset.status) {
      row.querySelector("select").value = target.dataset.status;
    }
  } else if (field && find(field)) {
    event.preventDefault();
    reach(find(field));
  } else if (key && document.readyState !== "loading") {
    event.preventDefault();
    sort(target);
  }
});

form.addEventListener("input", soon);
form.addEventListener("change", soon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const told = () => (find("answer").firstElementChild ? find("answer") : find("first"));
  const focus = () => (find("faults") ?? told()).focus();
  ask({ then: focus, always: true });
});

enhance(form);
whole.then(() => form.contains(document.activeElement) || find("faults")?.focus());
