//! The OpenAPI document of the running product, before two public validators.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startProduct } from '../support/product.mjs';

let product;
let document;
before(async () => {
  product = await startProduct({ claude: false });
  document = (await product.request('GET', '/api/openapi.json')).body;
});
after(() => product.dispose());

/** What Redocly's linter says against a document: its rules of the specification, and those of tidy documents. */
async function byRedocly(found) {
  // What the sockets say is described by components that only `x-sockets` names.
  const rules = { 'no-unused-components': 'off' };
  const config = await createConfig({ extends: ['spec', 'recommended'], rules });
  const problems = await lintFromString({ source: JSON.stringify(found), absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`);
}

/** What the specification's own JSON Schema says against it. */
async function bySchema(found) {
  const { valid, errors } = await new Validator().validate(structuredClone(found));
  return valid ? [] : errors;
}

test('two public validators have nothing to say against the document', async () => {
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(await byRedocly(document), []);
  assert.deepEqual(await bySchema(document), []);
});

test('both validators would say something', async () => {
  const broken = structuredClone(document);
  delete broken.info.title;
  broken.paths['/health'].get.responses['200'].content['application/json'].schema = { $ref: '#/components/schemas/Nobody' };
  assert.ok((await byRedocly(broken)).length > 0);
  assert.notDeepEqual(await bySchema(broken), []);
});
