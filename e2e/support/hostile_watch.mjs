//! What a page did because of what it showed: scripts, requests, elements, windows, the clipboard.

import { expect } from './journey.mjs';

/** Set before any script of a page: what ran, what the policy refused, what was put into the clipboard. */
function lookout() {
  window.__hits = [];
  window.__hit = (mark) => void window.__hits.push(`ran: ${mark}`);
  document.addEventListener('securitypolicyviolation', (event) => window.__hits.push(`refused: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => void window.__hits.push(`called: ${name}`);
  for (const name of ['writeText', 'write', 'readText', 'read']) {
    if (navigator.clipboard) navigator.clipboard[name] = async () => void window.__hits.push(`clipboard: ${name}`);
  }
  navigator.sendBeacon = (to) => window.__hits.push(`beacon: ${to}`) > 0;
}

/** Watches a page and all it leads to; `faults()` are what it did that it must not. */
export async function guard(page, product) {
  const faults = [];
  const own = new URL(product.url).host;
  const foreign = (address) => {
    const to = new URL(address);
    return !['data:', 'blob:', 'about:'].includes(to.protocol) && to.host !== own;
  };
  const asked = (address) => {
    if (foreign(address)) faults.push(`asked for ${address}`);
    if (/mark\d+x\.(js|mjs|css|png|svg)/.test(address)) faults.push(`asked for ${address}`);
  };
  await page.addInitScript(lookout);
  page.on('request', (request) => asked(request.url()));
  page.on('websocket', (socket) => asked(socket.url().replace(/^ws/, 'http')));
  page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on('popup', (popup) => faults.push(`window: ${popup.url()}`));
  page.on('download', (download) => faults.push(`download: ${download.url()}`));
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && faults.push(message.text()));
  page.on('framenavigated', (frame) => frame.parentFrame() && faults.push(`frame: ${frame.url()}`));
  return { faults, own: new URL(product.url).origin };
}

/** In the page: what became an element, or an address, of what somebody said. */
function became() {
  const found = [];
  const MARK = /mark\d+x|hostile\.invalid|__hit/;
  const NEVER = 'iframe, frame, object, embed, base, meta[http-equiv=refresh], portal, fencedframe, marquee, math, applet, template, foreignObject, animate, set, audio, video, picture, plaintext, xmp, link[href^="http"]:not([href^="' + location.origin + '"])';
  for (const node of document.querySelectorAll(NEVER)) found.push(`element ${node.outerHTML.slice(0, 120)}`);
  const ADDRESSES = ['href', 'src', 'srcset', 'action', 'formaction', 'poster', 'background', 'ping', 'data', 'xlink:href', 'style', 'id', 'name', 'class', 'for', 'download'];
  for (const node of document.querySelectorAll('*')) {
    if (node.localName.includes('-') || node instanceof HTMLUnknownElement) found.push(`element ${node.localName}`);
    if (['script', 'style'].includes(node.localName) && (MARK.test(node.outerHTML) || document.body.contains(node))) found.push(`element ${node.outerHTML.slice(0, 120)}`);
    for (const { name, value } of node.attributes) {
      if (name.startsWith('on') && name !== 'on') found.push(`handler ${name} on ${node.localName}`);
      if (['src', 'srcset', 'action', 'formaction', 'poster', 'style'].includes(name) && (MARK.test(value) || /url\(/.test(value))) found.push(`${name}=${value.slice(0, 120)} on ${node.localName}`);
      if (['href', 'xlink:href'].includes(name) && !value.startsWith('#')) {
        const to = new URL(value, location.href);
        if (to.origin !== location.origin) found.push(`${name}=${value.slice(0, 120)} on ${node.localName}`);
      }
      if (!ADDRESSES.includes(name) && !/^(data-|aria-)|^[a-z-]+$|^(viewBox|preserveAspectRatio|xmlns.*|stroke-.*|pathLength|textLength|lengthAdjust|gradient.*|marker.*|clipPath.*|[xy][12])$/i.test(name)) found.push(`attribute ${name} on ${node.localName}`);
    }
  }
  return [...new Set(found)].slice(0, 20);
}

/** In the page: reads all there is by scrolling every list to its end, and tells which marks stand there as text. */
async function readAll(limit) {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const found = new Set();
  const look = () => {
    const text = [document.body.innerText, document.body.textContent, ...[...document.querySelectorAll('input, textarea')].map((field) => field.value)].join('\n');
    for (const [mark] of text.matchAll(/mark\d+x/g)) found.add(mark);
    return text.length;
  };
  const scrolls = () => [document.scrollingElement, ...document.querySelectorAll('main, main *')].filter((node) => node.scrollHeight > node.clientHeight + 40 && node.clientHeight > 150 && /auto|scroll/.test(getComputedStyle(node).overflowY + (node === document.scrollingElement ? 'auto' : '')));
  look();
  for (const node of scrolls()) {
    for (let step = 0; step < limit; step += 1) {
      const before = node.scrollTop;
      node.scrollTop += node.clientHeight * 0.9;
      await frame();
      look();
      if (node.scrollTop === before) break;
    }
  }
  return [...found];
}

/** Reads the page as it stands, list by list; answers the marks that stand in it as text. */
export async function look(page, where, guarded, screens = 15) {
  const marks = await page.evaluate(readAll, screens);
  await hold(page, where, guarded);
  return new Set(marks);
}

/** Reads a conversation from where it stands to its end, window by window. */
export async function lookThrough(page, guarded) {
  const seen = { marks: new Set(), pictures: new Set() };
  for (let more = true, window = 0; more; window += 1) {
    const found = await page.evaluate(async () => {
      const reel = document.querySelector('[data-testid=reel]');
      const last = () => [...reel.querySelectorAll('.turn')].at(-1)?.dataset.cursor;
      const before = last();
      const marks = reel.textContent.match(/mark\d+x/g) ?? [];
      const whole = () => !document.querySelector('[data-testid=to-end]');
      reel.scrollTop = reel.scrollHeight;
      while (last() === before && !whole()) await new Promise((done) => requestAnimationFrame(done));
      return { marks, more: last() !== before, pictures: [...reel.querySelectorAll('img')].map((image) => image.getAttribute('src')) };
    });
    found.marks.forEach((mark) => seen.marks.add(mark));
    found.pictures.forEach((picture) => seen.pictures.add(picture));
    more = found.more;
    // The page holds four windows at a time: looking at every third misses none.
    if (!more || window % 3 === 0) await hold(page, 'the conversation', guarded);
  }
  return seen;
}

/** Nothing of what was said became real, ran, or left. */
export async function hold(page, where, { faults, own }) {
  expect.soft(await page.evaluate(became), `what became real in ${where}`).toEqual([]);
  expect.soft(await page.evaluate(() => window.__hits.splice(0)), `what ran in ${where}`).toEqual([]);
  expect.soft(faults.splice(0), `what ${where} did`).toEqual([]);
  expect.soft(new URL(page.url()).origin, `the address of ${where}`).toBe(own);
  expect.soft(await page.title(), `the title of ${where}`).toMatch(/Quarterdeck$/);
}
