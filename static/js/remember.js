// Keeps what is being written in this tab until it has arrived: <form data-remember="…"> with a textarea and an input named nonce.
// A session that ends or a network that fails loses no word: the text comes back with its nonce, so that it can't be said twice.
// A message on the page with that nonce says that it arrived.
const read = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
};

const arrived = (nonce) => document.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`) !== null;

function remember(form) {
  const key = `writing:${form.dataset.remember}`;
  const text = form.querySelector("textarea");
  const nonce = form.querySelector("input[name=nonce]");
  const kept = read(key);
  if (kept && arrived(kept.nonce)) sessionStorage.removeItem(key);
  else if (kept && !text.value) {
    text.value = kept.text;
    nonce.value = kept.nonce;
  }
  text.addEventListener("input", () => {
    if (text.value) sessionStorage.setItem(key, JSON.stringify({ text: text.value, nonce: nonce.value }));
    else sessionStorage.removeItem(key);
  });
}

for (const form of document.querySelectorAll("form[data-remember]")) remember(form);
