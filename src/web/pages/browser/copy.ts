/** Buttons that copy what stands right before them. */
import { all } from './dom.ts';

export function enableCopying(): void {
  for (const button of all('button.copy')) {
    // Words that stand for a name are nothing to copy.
    button.hidden = button.previousElementSibling?.matches('[data-username]:not(.filled)') ?? true;
    const usual = button.ariaLabel;
    const show = (done: boolean) => {
      button.classList.toggle('done', done);
      button.ariaLabel = done ? (button.dataset['copied'] ?? usual) : usual;
    };
    button.addEventListener('click', () => {
      void copy(button.previousElementSibling, () => {
        show(true);
        setTimeout(() => show(false), 2000);
      });
    });
  }
}

/** Where the clipboard is closed (plain HTTP), the text is marked instead, ready for the keyboard. */
async function copy(element: Element | null, done: () => void): Promise<void> {
  if (!element) return;
  try {
    await navigator.clipboard.writeText(element.textContent);
    done();
  } catch {
    getSelection()?.selectAllChildren(element);
  }
}
