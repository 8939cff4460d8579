// The page's beginning.

import { toPanel } from '../src/panel/wire';
import { Host } from './host';
import { Panel } from './panel';

const host = new Host();
const panel = new Panel(document.body, host);
window.addEventListener('message', ({ data }) => {
  const message = toPanel(data);
  if (message !== undefined) {
    panel.take(message);
  }
});
window.addEventListener('focus', () => {
  host.say({ type: 'returned' });
});
host.say({ type: 'ready' });
