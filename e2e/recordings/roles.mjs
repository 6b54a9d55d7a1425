//! The story the recordings tell: one small change to the harbour service, by six roles in turn.

export const TASK = 'Warn when the next high water will flood the quay. The quay stands 3.50 m above chart datum.';

const heading = (name, lines) => [`## ${name}`, ...lines, ''].join('\n');
function handover(opening, { summary, findings, decisions, files, next }) {
  const list = (lines) => lines.map((line) => `- ${line}`);
  return [
    `${opening}\n`,
    heading('Summary', [summary]),
    heading('Findings', list(findings)),
    heading('Decisions', list(decisions)),
    heading('Files', list(files)),
    heading('Next steps', list(next)),
  ].join('\n');
}

const tool = (name, input) => `[[stub: tool ${name} ${JSON.stringify(input)}]]`;
const also = (name, input) => `[[stub: also ${name} ${JSON.stringify(input)}]]`;
const text = (words) => `[[stub: text ${JSON.stringify(words)}]]`;
const think = (words) => `[[stub: think ${JSON.stringify(words)}]]`;
const read = (file) => ({ file_path: `$CWD/${file}` });
const RUN_TESTS = { command: 'node --test --test-reporter=dot', description: 'Run the tests' };

const OLD_TIDES = `// The next high water after a moment.
export function nextHighWater(table, now) {
  return table.find((tide) => new Date(tide.at) > now) ?? null;
}
`;
const NEW_TIDES = `export const QUAY_M = 3.5;

// The next high water after a moment, with a word on whether it floods the quay.
export function nextHighWater(table, now) {
  const tide = table.find((line) => new Date(line.at) > now);
  return tide ? { ...tide, quay_floods: tide.height_m > QUAY_M } : null;
}
`;
const OLD_END = `test('after the last line of the table there is none'`;
const NEW_TESTS = `test('a tide above the quay is announced as a flood', () => {
  const high = [{ at: '2026-11-23T03:05:00Z', height_m: 3.7 }];
  assert.equal(nextHighWater(high, new Date('2026-11-22T20:00:00Z')).quay_floods, true);
});

test('a tide exactly at the quay does not flood it', () => {
  const level = [{ at: '2026-11-23T03:05:00Z', height_m: QUAY_M }];
  assert.equal(nextHighWater(level, new Date('2026-11-22T20:00:00Z')).quay_floods, false);
});

${OLD_END}`;

/** Per role: the model, what runs without asking, and what the agent does. */
export const ROLES = [
  {
    role: 'ANALYST',
    model: 'claude-opus-5-5',
    allowed: ['Read', 'Bash(ls)'],
    script: [
      text('I start with what is there: the files, then the one function that knows the tide.'),
      tool('Bash', { command: 'ls', description: 'List the project' }),
      also('Read', read('tides.mjs')),
      think('The table holds heights above chart datum, and so does the quay: no conversion. The open question is the boundary. At exactly 3.50 m the water stands level with the stones, it does not run over them.'),
      tool('Read', read('server.mjs')),
      also('Read', read('tides.json')),
      text(
        handover('The change is small and sits in one place.', {
          summary: 'The service answers `/tide` with the line of the table that comes next. Nothing in it knows the quay. One comparison in `nextHighWater` is enough; the server passes the object on as it is.',
          findings: [
            '`tides.mjs` has one function of three lines and no state; `server.mjs` serialises whatever it returns.',
            'Heights and the quay share one reference (chart datum, metres), so they can be compared directly.',
            'Of the four tides in the table only one, 3.7 m in the night to Monday, is above 3.50 m.',
            'Two tests exist; none looks at the shape of the answer, so a new field breaks nothing.',
          ],
          decisions: ['Strictly above 3.50 m counts as a flood; level with the quay does not.', 'A new field rather than a new route: callers that ignore it keep working.'],
          files: ['tides.mjs (to change)', 'tides.test.mjs (to extend)', 'README.md (to mention the field)'],
          next: ['Plan three steps: rule, tests, words.', 'Ask nobody: the quay height is given in the task.'],
        }),
      ),
    ],
  },
  {
    role: 'PLANNER',
    model: 'claude-opus-5-5',
    allowed: ['Read'],
    script: [
      text('The findings name the place. I check how the tests import it before I cut the work into steps.'),
      tool('Read', read('tides.test.mjs')),
      text(
        handover('Three steps, each of which can be looked at alone.', {
          summary: 'First the rule in `tides.mjs`, then tests for both sides of the boundary, then a line in the README. The server file stays as it is.',
          findings: ['The tests import `nextHighWater` by name, so the constant for the quay should be exported beside it.', 'No test starts the server; none is needed for this change.'],
          decisions: ['Name the constant `QUAY_M`, unit at the end.', 'Name the field `quay_floods`, a plain true or false.', 'Keep `null` for "no further tide" untouched.'],
          files: ['tides.mjs', 'tides.test.mjs', 'README.md'],
          next: ['BUILDER: add the constant and the field.', 'TESTER: one tide above, one exactly level.', 'REVIEWER: look at the boundary first.'],
        }),
      ),
    ],
  },
  {
    role: 'BUILDER',
    model: 'claude-sonnet-5-5',
    allowed: ['Read', 'Edit'],
    script: [
      text('I read the function once more and then make the change in one edit.'),
      tool('Read', read('tides.mjs')),
      think('Spread the line and add the field, so that new columns of the table come through by themselves. The null case has to stay first-class.'),
      tool('Edit', { file_path: '$CWD/tides.mjs', old_string: OLD_TIDES, new_string: NEW_TIDES }),
      text('The old tests should not notice. I run them.'),
      tool('Bash', RUN_TESTS),
      text(
        handover('The rule is in, and the tests that were there still pass.', {
          summary: '`nextHighWater` now adds `quay_floods` to the tide it returns: true when the height is above `QUAY_M`, 3.5 metres. Without a further tide it still answers null.',
          findings: ['Both existing tests pass unchanged.', 'The server needs no change: it serialises the object, so `/tide` carries the new field at once.'],
          decisions: ['`QUAY_M` is exported, so tests speak of the quay and not of a number.', 'The tide is copied, never changed: the table stays as it was read.'],
          files: ['tides.mjs: constant, field, comment'],
          next: ['TESTER: pin both sides of 3.50 m.', 'DOCUMENTER: the field in the example of the README.'],
        }),
      ),
    ],
  },
  {
    role: 'TESTER',
    model: 'claude-sonnet-5-5',
    allowed: ['Read', 'Edit', 'Bash(node --test *)'],
    script: [
      text('The boundary is where this can go wrong, so both of its sides get a test.'),
      tool('Read', read('tides.test.mjs')),
      tool('Edit', { file_path: '$CWD/tides.test.mjs', old_string: OLD_END, new_string: NEW_TESTS }),
      also('Edit', { file_path: '$CWD/tides.test.mjs', old_string: 'import { nextHighWater }', new_string: 'import { QUAY_M, nextHighWater }' }),
      tool('Bash', RUN_TESTS),
      text(
        handover('Four tests, four passed.', {
          summary: 'Two tests were added: a tide of 3.7 m is announced as a flood, a tide exactly at the quay is not. All four tests of the file pass.',
          findings: ['With `>=` in place of `>` the second new test fails, so the boundary is held.', 'The answer for an empty rest of the table is still null.'],
          decisions: ['The level case uses `QUAY_M` itself, so it stays right if the quay is measured again.'],
          files: ['tides.test.mjs: two tests, one import'],
          next: ['REVIEWER: is strictly above what the harbour office means?'],
        }),
      ),
    ],
  },
  {
    role: 'REVIEWER',
    model: 'claude-opus-5-5',
    allowed: ['Read', 'Bash(node --test *)'],
    script: [
      text('I read the result as a stranger would, code first, then tests, and run them once myself.'),
      tool('Read', read('tides.mjs')),
      also('Read', read('tides.test.mjs')),
      think('Floating point: 3.5 is exact in binary, 3.7 is not, but the comparison is against 3.5 and table values carry one decimal. No trap here.'),
      tool('Bash', RUN_TESTS),
      text(
        handover('Approved, with one remark for later.', {
          summary: 'The change does what was asked in four lines and is tested on both sides of the boundary. Nothing else was touched. I would merge it.',
          findings: [
            'Correct: strictly above the quay, null kept, table not changed in place.',
            'Clear: the constant carries its unit, the field reads as a sentence.',
            'Remark, not a fault: wind can lift the water above the table. The field speaks of the predicted tide only.',
          ],
          decisions: ['No change requested.'],
          files: ['tides.mjs (read)', 'tides.test.mjs (read)'],
          next: ['DOCUMENTER: say that the warning rests on the predicted height.'],
        }),
      ),
    ],
  },
  {
    role: 'DOCUMENTER',
    model: 'claude-haiku-5-5',
    allowed: ['Read', 'Edit'],
    script: [
      text('The example in the README is now one field short.'),
      tool('Read', read('README.md')),
      tool('Edit', {
        file_path: '$CWD/README.md',
        old_string: '"height_m": 3.1}\n',
        new_string: '"height_m": 3.1, "quay_floods": false}\n\n`quay_floods` says whether the predicted height is above the quay (3.50 m). Wind is not in the table.\n',
      }),
      text(
        handover('The README shows the answer as it is now.', {
          summary: 'The example carries `quay_floods`, and one sentence says what it means and what it does not know: the wind.',
          findings: ['The README was the only place that showed the answer.'],
          decisions: ['One sentence is enough; the rule itself stands in the code.'],
          files: ['README.md: example and one sentence'],
          next: ['Nothing is open.'],
        }),
      ),
    ],
  },
];
