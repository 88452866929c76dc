// Files by choosing, dropping or pasting: <div data-dropzone data-upload-url="…"> with an <input type="file"> and a list <ul data-files>.
// Each file is posted on its own with its progress; the server's HTML fragment, a component _file.html, takes the place of its row.
// Words come from data attributes: data-text-failed, data-text-retry, data-text-remove, data-text-too-big ("{name} is larger than {size} MB");
// data-max-bytes.
const measure = (value, unit) => value.toLocaleString(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 });
const size = (bytes) => (bytes >= 1e6 ? measure(bytes / 1e6, "megabyte") : measure(Math.max(1, Math.round(bytes / 1e3)), "kilobyte"));

// A sign-in in another tab brings a new token in the cookie.
const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function addRow(list, file) {
  const row = element("li", "file");
  const bar = element("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const note = element("span", "file-note", "0 %");
  row.append(element("span", "file-name", file.name), element("span", "file-note num", size(file.size)), bar, note);
  list.append(row);
  return { row, bar, note };
}

function button(words, act) {
  const made = element("button", "btn quiet", words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function fail(zone, file, shown, message) {
  shown.row.classList.add("is-failed");
  shown.bar.remove();
  shown.note.textContent = message || zone.dataset.textFailed;
  const end = element("span", "end");
  const retry = () => {
    shown.row.remove();
    send(zone, file);
  };
  end.append(button(zone.dataset.textRetry, retry), button(zone.dataset.textRemove, () => shown.row.remove()));
  shown.row.append(end);
}

function succeed(zone, file, shown, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const made = holder.content.firstElementChild;
  // After a sign-out the answer is a whole page: that is no file.
  if (!made?.matches(".file")) {
    fail(zone, file, shown, "");
    return;
  }
  shown.row.replaceWith(made);
  window.htmx?.process(made);
  zone.dispatchEvent(new CustomEvent("upload:done", { bubbles: true }));
}

function send(zone, file) {
  const list = zone.querySelector("[data-files]") ?? zone.parentElement.querySelector("[data-files]");
  const shown = addRow(list, file);
  const most = Number(zone.dataset.maxBytes ?? 0);
  if (most && file.size > most) {
    const text = zone.dataset.textTooBig.replace("{name}", file.name).replace("{size}", Math.floor(most / 1e6));
    fail(zone, file, shown, text);
    return;
  }
  const data = new FormData();
  data.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", zone.dataset.uploadUrl);
  request.setRequestHeader("X-CSRFToken", token());
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    shown.bar.value = Math.round((100 * event.loaded) / event.total);
    shown.note.textContent = `${shown.bar.value} %`;
  });
  request.addEventListener("load", () => {
    const type = request.getResponseHeader("Content-Type") ?? "";
    if (request.status >= 200 && request.status < 300) succeed(zone, file, shown, request.responseText);
    // A refusal is a sentence in plain text; anything else is a page that nobody should read here.
    else fail(zone, file, shown, request.status < 500 && type.startsWith("text/plain") ? request.responseText : "");
  });
  for (const trouble of ["error", "timeout", "abort"]) request.addEventListener(trouble, () => fail(zone, file, shown, ""));
  request.send(data);
}

const sendAll = (zone, files) => [...files].forEach((file) => send(zone, file));

document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-dropzone]");
  if (!zone || event.target.type !== "file") return;
  sendAll(zone, event.target.files);
  event.target.value = "";
});

document.addEventListener("dragover", (event) => {
  const zone = event.target.closest("[data-dropzone]");
  if (!zone) return;
  event.preventDefault();
  zone.querySelector(".drop")?.classList.add("is-over");
});

document.addEventListener("dragleave", (event) => {
  const zone = event.target.closest?.("[data-dropzone]");
  if (zone && !zone.contains(event.relatedTarget)) zone.querySelector(".drop")?.classList.remove("is-over");
});

document.addEventListener("drop", (event) => {
  const zone = event.target.closest("[data-dropzone]");
  if (!zone) return;
  event.preventDefault();
  zone.querySelector(".drop")?.classList.remove("is-over");
  sendAll(zone, event.dataTransfer.files);
});

document.addEventListener("paste", (event) => {
  if (!event.clipboardData?.files.length) return;
  const zone = event.target.closest?.("[data-dropzone]") ?? document.querySelector("[data-dropzone]");
  if (!zone) return;
  event.preventDefault();
  sendAll(zone, event.clipboardData.files);
});
