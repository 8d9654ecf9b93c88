// Mark the words that were searched for in what is shown of a row.

import { element } from "./build.js";

// words: as people type them into the search, with phrases in quotes and ends such as refund*
export function markSearched(place, words) {
  const wanted = parts(words);
  if (!wanted.length) return;
  const any = new RegExp(wanted.map(pattern).join("|"), "giu");
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("button, dt, h2")) texts.push(walker.currentNode);
  for (const text of texts) markText(text, any);
}

function markText(text, any) {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of text.data.matchAll(any)) {
    if (!found[0]) continue;
    made.append(text.data.slice(at, found.index), element("mark", { class: "searched" }, found[0]));
    at = found.index + found[0].length;
  }
  if (!at) return;
  made.append(text.data.slice(at));
  text.replaceWith(made);
}

function parts(words) {
  return [...words.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => (phrase ?? word).replaceAll('"', "")).filter(Boolean);
}

function pattern(part) {
  const open = part.endsWith("*");
  const plain = (open ? part.slice(0, -1) : part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  const isWord = /^[\p{L}\p{N}_]/u.test(part);
  return isWord ? `(?<![\\p{L}\\p{N}_])${plain}${open ? "[\\p{L}\\p{N}_]*" : "(?![\\p{L}\\p{N}_])"}` : plain;
}
