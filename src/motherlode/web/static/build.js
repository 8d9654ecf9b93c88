// Elements made of strings, which are never read as HTML.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

export function announce(sentence) {
  const place = byId("announcement");
  place.textContent = sentence;
  clearTimeout(announce.timer);
  place.classList.add("shown");
  announce.timer = setTimeout(() => place.classList.remove("shown"), 4000);
}

export function dated(at) {
  return new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

export function counted(number) {
  return number.toLocaleString("en");
}
