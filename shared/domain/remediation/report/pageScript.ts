/**
 * The script of the page, as text: it stands in the page itself, under its own hash. It reads the
 * blocks of data, shows a hundred VMs at a time, and puts text into the page as text alone, so that
 * a name that is markup is a name. Rows are arrays, in the order of the page's columns.
 */
export const pageScript = `
(() => {
  'use strict';
  const id = (name) => document.getElementById(name);
  const outcomeAt = 0, nameAt = 1, reasonAt = 4;
  const texts = [], rows = [];
  for (const block of document.querySelectorAll('script[type="application/json"]')) {
    const { t, v } = JSON.parse(block.textContent);
    for (const text of t) texts.push(text);
    for (const row of v) rows.push(row.map((cell) => (typeof cell === 'number' ? texts[cell] : cell)));
  }
  const perPage = 100;
  let sortedBy = -1, isDown = false, page = 0, shown = rows;
  const options = (name, at) => {
    const counts = new Map();
    for (const row of rows) counts.set(row[at], (counts.get(row[at]) || 0) + 1);
    const sorted = [...counts].filter(([value]) => value !== '').sort((a, b) => b[1] - a[1]);
    for (const [value, count] of sorted) {
      const option = document.createElement('option');
      option.value = value;
      option.textContent = value + ' (' + count + ')';
      id(name).append(option);
    }
  };
  const render = () => {
    const pages = Math.max(1, Math.ceil(shown.length / perPage));
    page = Math.min(Math.max(0, page), pages - 1);
    const lines = shown.slice(page * perPage, (page + 1) * perPage).map((row) => {
      const line = document.createElement('tr');
      for (const cell of row) {
        const part = document.createElement('td');
        part.textContent = cell;
        line.append(part);
      }
      return line;
    });
    id('lines').replaceChildren(...lines);
    id('count').textContent =
      shown.length + ' of ' + rows.length + ' VMs, page ' + (page + 1) + ' of ' + pages;
  };
  const select = () => {
    const outcome = id('outcome').value, reason = id('reason').value;
    const words = id('search').value.toLowerCase().split(' ').filter(Boolean);
    shown = rows.filter((row) =>
      (outcome === '' || row[outcomeAt] === outcome) &&
      (reason === '' || row[reasonAt] === reason) &&
      words.every((word) => row.some((cell) => cell.toLowerCase().includes(word))));
    if (sortedBy >= 0) {
      const order = isDown ? -1 : 1;
      shown.sort((a, b) => order * a[sortedBy].localeCompare(b[sortedBy]) ||
        a[nameAt].localeCompare(b[nameAt]));
    }
    page = 0;
    render();
  };
  for (const name of ['outcome', 'reason']) id(name).addEventListener('change', select);
  id('search').addEventListener('input', select);
  id('before').addEventListener('click', () => { page -= 1; render(); });
  id('after').addEventListener('click', () => { page += 1; render(); });
  [...document.querySelectorAll('th button')].forEach((button, at) =>
    button.addEventListener('click', () => {
      isDown = sortedBy === at && !isDown;
      sortedBy = at;
      select();
    }));
  options('outcome', outcomeAt);
  options('reason', reasonAt);
  select();
})();
`;
