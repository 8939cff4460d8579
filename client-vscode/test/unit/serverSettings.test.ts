import { expect, it } from 'vitest';

import { answer, forServer } from '../../src/serverSettings';

const section = { model: null, live: { max: 2 }, server: { path: '/bin/x' }, trace: { server: 'off' } };

it("tells the server its own settings, and nothing of the client's", () => {
  expect(forServer(section, true)).toEqual({ model: null, live: { max: 2 }, trusted: true });
});

it('tells it whether the workspace is trusted, whatever the section says', () => {
  expect(forServer({ trusted: true }, false)).toEqual({ trusted: false });
  expect(forServer(undefined, false)).toEqual({ trusted: false });
});

it('answers for our section so, and for others as the editor does', () => {
  expect(answer('claudeSidecar', section, false)).not.toHaveProperty('server');
  expect(answer('editor', { tabSize: 4 }, false)).toEqual({ tabSize: 4 });
  expect(answer(undefined, { a: 1 }, false)).toEqual({ a: 1 });
});
