//! What every journey begins with: `stub`, `product` and a logged-in `page`, and what it can ask of a page.

import AxeBuilder from '@axe-core/playwright';
import { expect, test as base } from '@playwright/test';
import { startProduct } from './product.mjs';
import { startStub } from './stub.mjs';

export { expect };

/**
 * What Firefox counts among the page's errors without being one: a socket that found no server (the page itself waits
 * and tries again), and a font whose download was broken off (NS_BINDING_ABORTED) because the next page was called.
 */
const NO_FAULT =
  /can.t establish a connection to the server at ws:|The connection to ws:.* was interrupted|downloadable font: .* status=2152398850 /;

/** `productOptions` go to `startProduct`, `faults` are the errors that a journey makes; `page` is logged in and fails its journey on an uncaught error in the page. */
export const test = base.extend({
  productOptions: [{}, { option: true }],
  faults: [/(?!)/, { option: true }],
  stub: async ({}, use, info) => {
    const stub = await startStub({ log: info.outputPath('stub.jsonl') });
    await use(stub);
    await stub.close();
  },
  product: async ({ stub, productOptions }, use, info) => {
    const product = await startProduct({ stub, ...productOptions });
    await use(product);
    await product.dispose();
    await info.attach('product.txt', { body: product.log, contentType: 'text/plain' });
  },
  page: async ({ page, product, faults }, use) => {
    const errors = watch(page);
    relative(page, product);
    await login(page, product);
    await use(page);
    expect(errors.filter((error) => !faults.test(error)), 'errors in the page').toEqual([]);
  },
});

/** Lets a journey go to a path: the product's address is known only once it runs. */
function relative(page, product) {
  const go = page.goto.bind(page);
  page.goto = (to, options) => go(new URL(to, product.url).href, options);
}

/** Follows the product's login link, which works once. */
export async function login(page, product) {
  await page.goto(product.loginUrl);
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

/** Gathers uncaught errors, and what the content security policy refused. */
export function watch(page) {
  const errors = [];
  page.on('pageerror', (error) => NO_FAULT.test(error) || errors.push(String(error)));
  page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
  return errors;
}

/** Another window of the same person. */
export async function secondWindow(page) {
  const other = await page.context().newPage();
  await other.goto(page.url());
  return other;
}

/** No violation of WCAG 2.2 A and AA on the page as it stands. */
export async function expectAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const words = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`);
  expect(words, 'accessibility violations').toEqual([]);
}
