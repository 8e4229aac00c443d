/** The steps from an empty database to today's, one for each version. A step that was published is never edited. */

export const migrations: ReadonlyArray<string> = [
  `
  create table task(
    id text primary key, kind text not null, request text not null, origin text not null, by text,
    schedule text, key text unique,
    is_record integer not null, priority integer not null, tag text not null, state text not null, not_before integer,
    wish text, limits text, take integer not null default 0, deferrals integer not null default 0, owner text, lease integer,
    seq integer not null default 0, totals text not null, progress text, summary text,
    created integer not null, started integer, ended integer, change integer not null
  ) strict;
  create index task_by_tag on task(tag, priority desc, id);
  create unique index task_by_change on task(change);
  create table event(
    task text not null, seq integer not null, at integer not null, tag text not null, item text, body text not null,
    primary key(task, seq)
  ) strict, without rowid;
  create index event_by_item on event(item) where item is not null;
  create table outcome(
    task text not null, path text not null, kind text not null, code text not null, message text not null, remedy text,
    primary key(task, path)
  ) strict, without rowid;
  create table role(name text primary key, owner text not null, lease integer not null) strict, without rowid;
  create table counter(name text primary key, value integer not null) strict, without rowid;
  insert into counter values ('change', 0);
  `,
  `
  create table schedule(id text primary key, name text not null unique, body text not null) strict;
  create index task_by_schedule on task(schedule, id) where schedule is not null;
  `,
  `
  create table account_use(account text not null, owner text not null, lease integer not null, primary key(account, owner))
    strict, without rowid;
  `,
  `
  create table delivery(
    id text primary key, target text not null, key text not null, body text not null, created integer not null,
    due integer, tries integer not null default 0, error text, unique(target, key)
  ) strict;
  create index delivery_by_due on delivery(due) where due is not null;
  `,
  `
  alter table task add column hooks text;
  `,
  `
  alter table task add column machine text;
  `,
  // Of all paths together: in a large journal it took ten times as long as the facts themselves.
  `
  drop index event_by_item;
  `,
  // Rows of several facts: their `[at, fact]` in a list, and in `seq` the number of the last.
  `
  create table facts(task text not null, seq integer not null, amount integer not null, body text not null, primary key(task, seq))
    strict;
  insert into facts select task, seq, 1, '[[' || at || ',' || body || ']]' from event;
  drop table event;
  `,
  // The run that told of it: what no later one tells of is no more, once that has ended well.
  `
  alter table outcome add column take integer not null default 0;
  `,
  // Parts of a task, and up to which of its facts the task that it is a part of has told them.
  `
  alter table task add column parent text;
  alter table task add column told integer not null default 0;
  create index task_by_parent on task(parent) where parent is not null;
  `,
  `
  alter table task add column is_of_service integer not null default 0;
  update task set is_of_service = 1 where origin = 'service';
  `
]
