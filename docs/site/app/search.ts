import MiniSearch from 'minisearch';

interface Section {
  readonly address: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const MOST = 8;

/** The search field: loads what it looks through when it is first used, and shows the sections that fit best. */
export function startSearch(): void {
  const input = document.querySelector<HTMLInputElement>('#search');
  const list = document.querySelector<HTMLUListElement>('#found');
  const { root = '', sections = '' } = document.body.dataset;
  if (input === null || list === null) return;
  let loading: Promise<MiniSearch<Section>> | undefined;
  let chosen = -1;

  const index = () => {
    loading ??= load(sections).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    chosen = -1;
  };
  const choose = (next: number) => {
    const items = [...list.querySelectorAll('[role=option]')];
    if (items.length === 0) return;
    chosen = (next + items.length) % items.length;
    for (const [place, item] of items.entries()) item.setAttribute('aria-selected', String(place === chosen));
    input.setAttribute('aria-activedescendant', `found-${chosen}`);
    items[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  const show = async () => {
    const text = input.value.trim();
    if (text === '') return close();
    const found = (await index())
      .search(text, { prefix: true, fuzzy: 0.15, combineWith: 'AND', boost: { heading: 4, page: 2 } })
      .slice(0, MOST);
    if (input.value.trim() !== text) return;
    chosen = -1;
    list.replaceChildren(
      ...(found.length === 0 ? [nothing(text)] : found.map((one, place) => option(one as unknown as Section, place, root))),
    );
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
  };

  input.addEventListener('focus', () => void index().catch(() => undefined));
  input.addEventListener('input', () => void show());
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen - 1);
    else if (event.key === 'Enter') list.querySelectorAll<HTMLElement>('[role=option]')[Math.max(chosen, 0)]?.click();
    else return;
    if (event.key !== 'Escape') event.preventDefault();
  });
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !input.contains(target) && !list.contains(target)) close();
  });
}

async function load(address: string): Promise<MiniSearch<Section>> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  const search = new MiniSearch<Section>({
    idField: 'address',
    fields: ['heading', 'page', 'text'],
    storeFields: ['address', 'page', 'heading', 'text'],
  });
  search.addAll((await answer.json()) as Section[]);
  return search;
}

function option({ address, page, heading, text }: Section, place: number, root: string): HTMLElement {
  const item = document.createElement('li');
  item.id = `found-${place}`;
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  const title = document.createElement('strong');
  title.textContent = heading === page ? page : `${page}: ${heading}`;
  const begin = document.createElement('span');
  begin.textContent = text.slice(0, 120);
  item.append(title, begin);
  item.addEventListener('click', () => {
    location.href = `${root}${address}`;
  });
  return item;
}

function nothing(text: string): HTMLElement {
  const item = document.createElement('li');
  item.textContent = `Nothing has ${text}`;
  return item;
}
