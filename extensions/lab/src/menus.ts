/** Decides what JupyterLab's menus, palette and dialogs lack for a screen reader while they are open: roles and names. */

const MENU = '.lm-Menu';
const PLACES = `body > ${MENU}, .lm-CommandPalette, .jp-Dialog`;

/** They are put into the page each time that they are opened, and their rows change meanwhile. */
export function labelMenus(): void {
  const changed = new MutationObserver(records => records.forEach(each => label(each.target as Element)));
  const opened = new MutationObserver(() => {
    document.querySelectorAll(PLACES).forEach(each => {
      label(each);
      changed.observe(each, { childList: true, subtree: true });
    });
  });
  opened.observe(document.body, { childList: true });
}

function label(changed: Element): void {
  const place = changed.closest(PLACES);
  if (place === null) {
    return;
  }
  if (place.matches(MENU)) {
    labelMenu(place);
  } else if (place.matches('.jp-Dialog')) {
    labelDialog(place);
  } else {
    labelPalette(place);
  }
}

function labelMenu(menu: Element): void {
  menu.setAttribute('role', 'region');
  menu.setAttribute('aria-label', 'Menu');
  for (const line of menu.querySelectorAll('[data-type="separator"]')) {
    line.setAttribute('role', 'separator');
    line.removeAttribute('tabindex');
  }
  menu.querySelectorAll('[data-type="submenu"]').forEach(each => each.setAttribute('role', 'menuitem'));
}

function labelPalette(palette: Element): void {
  palette.querySelector('.lm-close-icon')?.setAttribute('aria-label', 'Clear');
  // Its rows are chosen from the field above and take no focus: to be scrolled by keyboard, the list must.
  palette.querySelector('.lm-CommandPalette-content')?.setAttribute('tabindex', '0');
  palette.querySelector('.lm-CommandPalette-emptyMessage')?.setAttribute('role', 'menuitem');
}

function labelDialog(dialog: Element): void {
  // The title may come after the fields: then they are looked at once more.
  const title = dialog.querySelector('.jp-Dialog-header')?.textContent ?? '';
  for (const field of dialog.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')) {
    if (title !== '' && field.labels?.length === 0 && !field.hasAttribute('aria-label')) {
      field.setAttribute('aria-label', title);
    }
  }
}
