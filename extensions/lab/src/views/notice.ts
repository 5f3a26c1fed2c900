/** Decides what the panel says about the connection and about the interview's end. */

import { pauseText } from '../lost.ts';
import { leftMs, phaseOf, type Room } from '../room.ts';
import { element } from './dom.ts';

interface Words {
  tone: 'info' | 'warning';
  icon: string;
  text: string;
}

const CONNECTING: Words = { tone: 'info', icon: '…', text: 'Connecting to your interview.' };
const OFFLINE: Words = {
  tone: 'warning',
  icon: '⚠',
  text: 'No connection to the interview server. Keep this page open: it keeps trying. Time that is lost by our fault is added.'
};
const EXPIRED: Words = {
  tone: 'info',
  icon: '■',
  text: 'The interview has ended. Nothing more can be submitted from this page.'
};

const SUBMITTED: Words = {
  tone: 'info',
  icon: '✓',
  text: 'Your interview has been submitted. You can close this page.'
};

function wordsFor(room: Room): Words | null {
  if (room.link === 'refused' && phaseOf(room) !== 'submitted') {
    return { tone: 'warning', icon: '⚠', text: room.problem };
  }
  switch (phaseOf(room)) {
    case 'waiting':
      return room.link === 'offline' ? OFFLINE : CONNECTING;
    case 'practice':
      return room.link === 'offline' ? OFFLINE : practiceWords(room);
    case 'open':
      return room.link === 'offline' ? OFFLINE : pauseWords(room);
    case 'expired':
      return EXPIRED;
    case 'submitted':
      return room.submitted === null ? SUBMITTED : null;
  }
}

function practiceWords(room: Room): Words {
  const over = (leftMs(room, Date.now()) ?? 1) <= 0;
  const text = over
    ? 'Practice is over. Your time has not begun: begin when you are ready.'
    : 'Practice. Nothing here is recorded or graded, and your time has not begun.';
  return { tone: 'info', icon: 'ℹ', text };
}

function pauseWords(room: Room): Words | null {
  const text = pauseText(room.brief?.paused_by ?? null) || (room.brief?.put_back ?? '');
  return text === '' ? null : { tone: 'warning', icon: '⚠', text };
}

export class NoticeView {
  readonly node = element('div', 'viva-Notice', [], { role: 'status', 'aria-live': 'polite' });
  #shown = '';

  update(room: Room): void {
    const words = wordsFor(room);
    const text = words?.text ?? '';
    if (text === this.#shown) {
      return;
    }
    this.#shown = text;
    this.node.replaceChildren();
    if (words !== null) {
      this.node.dataset['tone'] = words.tone;
      const icon = element('span', 'viva-Icon', [words.icon], { 'aria-hidden': 'true' });
      this.node.append(icon, element('span', '', [text]));
    }
  }
}
