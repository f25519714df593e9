'use strict';
(() => {
  // Everything here is set as text, never as markup: names and tags are written by others.
  const report = JSON.parse(document.getElementById('report').textContent);
  const byId = (id) => document.getElementById(id);
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const STATES = {
    drifted: 'not as it was made',
    foreign: 'not made by spawn',
    revoked: 'revoked',
    expired: 'expired',
    marked: 'about to be removed',
    unfinished: 'unfinished',
    'in-use': 'in use',
    leased: 'leased to a launch',
    unused: 'unused',
  };
  const FIRST = 40;
  const states = Object.keys(STATES);
  const of = (role, severity) => role.warnings.filter((one) => one.severity === severity).length;
  const worst = (role) => role.drift.some((one) => one.kind === 'TRUST' || one.kind === 'BOUNDARY');
  const roles = report.roles.map((role, place) => ({
    role,
    place,
    high: of(role, 'high'),
    text: JSON.stringify(role).toLowerCase(),
  }));

  const list = (texts) => {
    const all = make('ul', undefined, 'plain');
    texts.forEach((text) => all.append(make('li', text)));
    return all;
  };
  const warnings = (role) => {
    const counts = ['high', 'medium', 'low']
      .map((severity) => [of(role, severity), severity])
      .filter(([count]) => count > 0);
    const all = make('span');
    counts.forEach(([count, severity], at) => {
      if (at > 0) all.append(', ');
      all.append(make('span', `${count} ${severity}`, severity === 'high' ? 'bad' : undefined));
    });
    return all;
  };
  const state = (role) => {
    const all = make('span', undefined, role.state);
    all.append(make('span', undefined, 'dot'), ` ${STATES[role.state]}`);
    return all;
  };
  const COLUMNS = [
    { title: 'Role', value: (role) => role.role },
    { title: 'State', value: (role) => states.indexOf(role.state), show: state },
    {
      title: 'What differs',
      value: (role) => (worst(role) ? -1000 : 0) - role.drift.length,
      show: (role) => {
        if (role.drift.length === 0) return undefined;
        const all = list(role.drift.map((one) => one.detail));
        if (worst(role)) all.classList.add('bad');
        return all;
      },
    },
    {
      title: 'Warnings',
      value: (role) => -(of(role, 'high') * 1e6 + of(role, 'medium') * 1e3 + of(role, 'low')),
      show: (role) => (role.warnings.length ? warnings(role) : undefined),
    },
    {
      title: 'Instances',
      value: (role) => -(role.instances || []).length,
      show: (role) => role.instances && list(role.instances.slice(0, 2).concat(role.instances.length > 2 ? ['…'] : [])),
    },
    { title: 'Days', className: 'number', value: (role) => role.ageDays, show: (role) => String(role.ageDays) },
    { title: 'Asked for by', value: (role) => role.creator || '', show: (role) => role.creator },
    { title: 'Team or set', value: (role) => role.team || role.set || '', show: (role) => [role.team, role.set].filter(Boolean).join(', ') },
  ];
  const chosen = { states: new Set(), column: -1, down: false };

  // One body for each role: its row, and beneath it what else there is to say.
  const table = byId('roles');
  const build = (one) => {
    const body = make('tbody');
    body.setAttribute('role', 'rowgroup');
    const row = make('tr');
    row.setAttribute('role', 'row');
    COLUMNS.forEach((column, at) => {
      const cell = make(at === 0 ? 'th' : 'td', undefined, column.className);
      if (at === 0) {
        cell.scope = 'row';
        cell.setAttribute('role', 'rowheader');
        const button = make('button', one.role.role);
        button.type = 'button';
        button.setAttribute('aria-expanded', 'false');
        button.addEventListener('click', () => toggle(one, button));
        cell.append(button);
      } else {
        cell.setAttribute('role', 'cell');
        const shown = column.show(one.role);
        if (shown) {
          cell.append(shown);
          cell.dataset.label = column.title;
        }
      }
      row.append(cell);
    });
    body.append(row);
    one.body = body;
    one.id = `more-${one.place}`;
  };

  const toggle = (one, button) => {
    const open = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!open));
    if (open) {
      byId(one.id).remove();
      button.removeAttribute('aria-controls');
      return;
    }
    const row = make('tr', undefined, 'more');
    row.id = one.id;
    row.setAttribute('role', 'row');
    const cell = make('td');
    cell.setAttribute('role', 'cell');
    cell.colSpan = COLUMNS.length;
    details(one.role).forEach((part) => cell.append(part));
    row.append(cell);
    one.body.append(row);
    button.setAttribute('aria-controls', one.id);
  };

  const FACTS = [
    ['arn', 'ARN'], ['id', 'Id'], ['stage', 'Made'], ['created', 'Created'], ['lastUsed', 'Last used'], ['leaseUntil', 'Leased until'],
    ['expires', 'Expires'], ['revoked', 'Revoked'], ['markedSince', 'To be removed, since'], ['claim', 'Claimed for'], ['keep', 'Keep'],
    ['creator', 'Asked for by, as they said'], ['team', 'Team'], ['set', 'Role set'], ['trusts', 'Trusts'], ['boundary', 'Boundary'],
    ['maxSessionDuration', 'Longest session, in seconds'], ['inlinePolicies', 'Inline policies'], ['managedPolicies', 'Managed policies'],
    ['services', 'Services used, when last'], ['servicesUnused', 'Services not used'], ['instances', 'Instances, a few of them'], ['profiles', 'Instance profiles'],
    ['foreignProfiles', 'Of these, not the stack’s'], ['policyHash', 'Hash of what it was made with'],
  ];
  const details = (role) => {
    const parts = [];
    if (role.drift.length) {
      parts.push(make('h3', 'What differs from what it was made with'));
      const drift = list(role.drift.map((one) => `${one.kind}: ${one.detail}`));
      if (role.moreDrift) drift.append(make('li', `and ${role.moreDrift} more`));
      parts.push(drift);
    }
    if (role.warnings.length) {
      parts.push(make('h3', 'Warnings'));
      const all = make('ul', undefined, 'plain');
      role.warnings.forEach((one) => {
        const item = make('li');
        item.append(make('span', `${one.severity} ${one.code}`, one.severity === 'high' ? 'bad' : 'faint'));
        item.append(` ${one.message} ${one.advice} `, make('span', one.path, 'faint'));
        all.append(item);
      });
      if (role.moreWarnings) all.append(make('li', `and ${role.moreWarnings} more`));
      parts.push(all);
    }
    parts.push(make('h3', 'The role'));
    const facts = make('dl');
    FACTS.forEach(([key, title]) => {
      if (role[key] === undefined) return;
      facts.append(make('dt', title));
      const value = make('dd');
      const fact = role[key];
      const isText = typeof fact !== 'object';
      value.append(isText ? String(fact) : list(Array.isArray(fact) ? fact : Object.entries(fact).map((one) => one.join(' '))));
      facts.append(value);
    });
    parts.push(facts);
    return parts;
  };

  const built = () => roles.filter((one) => one.body);
  const compare = (column) => (one, other) => {
    const a = column.value(one.role);
    const b = column.value(other.role);
    const order = typeof a === 'number' ? a - b : String(a).localeCompare(String(b));
    return order || one.place - other.place;
  };
  const update = () => {
    const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
    const high = byId('high').checked;
    let shown = 0;
    built().forEach((one) => {
      const fits =
        words.every((word) => one.text.includes(word)) &&
        (!high || one.high > 0) &&
        (chosen.states.size === 0 || chosen.states.has(one.role.state));
      one.body.hidden = !fits;
      if (fits) shown += 1;
    });
    byId('shown').textContent = roles.length === 0 ? 'There is no role.' : `${shown} of ${roles.length} roles`;
  };
  const sort = () => {
    const ordered = [...built()];
    if (chosen.column >= 0) {
      ordered.sort(compare(COLUMNS[chosen.column]));
      if (chosen.down) ordered.reverse();
    }
    table.append(...ordered.map((one) => one.body));
    [...byId('headings').children].forEach((heading, at) => {
      heading.setAttribute('aria-sort', at !== chosen.column ? 'none' : chosen.down ? 'descending' : 'ascending');
    });
    byId('sort').value = String(chosen.column);
  };

  // What is fixed: heading, notices, counts and controls.
  document.title = `Roles under ${report.path}`;
  byId('path').textContent = report.path;
  byId('at').textContent = report.at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  byId('at').dateTime = report.at;
  const notices = [];
  if (report.stopped) notices.push(`This is not all: the audit stopped ${report.stopped}. Go on with {"after": "${report.after}"}.`);
  Object.entries(report.unreadableRegions || {}).forEach(([region, why]) => notices.push(`Region ${region} was not read, so instances there are missing: ${why}`));
  Object.entries(report.unread || {}).forEach(([role, why]) => notices.push(`Role ${role} was not read: ${why}`));
  (report.missing || []).forEach((role) => notices.push(`There is no role ${role} under the path.`));
  notices.forEach((text) => byId('notices').append(make('p', text, 'notice')));
  byId('notices').hidden = notices.length === 0;

  const counts = states.map((name) => [name, roles.filter((one) => one.role.state === name).length]);
  const said = [];
  counts.filter(([, count]) => count > 0).forEach(([name, count]) => {
    const part = make('span', undefined, name);
    part.style.flexGrow = count;
    part.title = `${count} ${STATES[name]}`;
    byId('bar').append(part);
    said.push(`${count} ${STATES[name]}`);
    const item = make('li');
    const button = make('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', 'false');
    button.append(make('span', undefined, `dot ${name}`), make('b', String(count)), ` ${STATES[name]}`);
    button.addEventListener('click', () => {
      if (!chosen.states.delete(name)) chosen.states.add(name);
      button.setAttribute('aria-pressed', String(chosen.states.has(name)));
      update();
    });
    item.append(button);
    byId('states').append(item);
  });
  byId('bar').setAttribute('aria-label', `${roles.length} roles: ${said.join(', ') || 'none'}`);

  const first = make('option', 'What is wrong');
  first.value = '-1';
  byId('sort').append(first);
  COLUMNS.forEach((column, at) => {
    const heading = make('th');
    heading.scope = 'col';
    heading.setAttribute('role', 'columnheader');
    const button = make('button', column.title);
    button.type = 'button';
    button.addEventListener('click', () => {
      chosen.down = chosen.column === at && !chosen.down;
      chosen.column = at;
      sort();
    });
    heading.append(button);
    byId('headings').append(heading);
    const option = make('option', column.title);
    option.value = String(at);
    byId('sort').append(option);
  });
  byId('sort').addEventListener('change', (event) => {
    chosen.column = Number(event.target.value);
    chosen.down = false;
    sort();
  });
  byId('filter').addEventListener('input', update);
  byId('high').addEventListener('change', update);
  byId('reset').addEventListener('click', () => {
    byId('filter').value = '';
    byId('high').checked = false;
    chosen.states.clear();
    chosen.column = -1;
    document.querySelectorAll('#states button').forEach((button) => button.setAttribute('aria-pressed', 'false'));
    sort();
    update();
  });
  table.hidden = roles.length === 0;
  // What fits on a screen is painted first; the others follow at once.
  roles.slice(0, FIRST).forEach(build);
  sort();
  requestAnimationFrame(() =>
    setTimeout(() => {
      roles.slice(FIRST).forEach(build);
      sort();
      update();
      document.documentElement.dataset.complete = 'true';
    }),
  );
})();
