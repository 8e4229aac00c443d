/** The forms that the database has had, each made from the one before. Never change one that was released. */
export const migrations: ReadonlyArray<string> = [
  `
  create table mount (
    remote text not null,
    boot text not null,
    synced integer not null default 0
  );
  create table node (
    ino integer primary key autoincrement,
    parent integer,
    name text,
    kind integer not null,
    size integer not null,
    mode integer not null,
    uid integer not null,
    gid integer not null,
    mtime integer not null,
    mtimeNs integer not null,
    ctime integer not null,
    ctimeNs integer not null,
    generation integer not null,
    target text,
    remote text,
    seen text,
    content integer,
    isDirty integer not null,
    listedAt integer not null
  );
  create unique index nodeName on node (parent, name);
  create index nodeOrder on node (parent, ino);
  create index nodeRemote on node (remote) where remote is not null;
  create table content (
    id integer primary key autoincrement,
    base text,
    size integer not null,
    units blob not null,
    dirty text not null,
    written text not null,
    isSynced integer not null,
    boot text not null,
    usedAt integer not null,
    bytes integer not null
  );
  create table queue (
    seq integer primary key autoincrement,
    kind integer not null,
    ino integer,
    path text,
    seen text,
    due integer not null,
    attempts integer not null default 0,
    error text,
    isParked integer not null default 0,
    sendingTo text,
    sending text
  );
  create index queueSending on queue (sendingTo) where sendingTo is not null;
  create unique index queueNode on queue (ino) where ino is not null;
  create unique index queuePath on queue (path, kind) where path is not null;
  create index queueDue on queue (isParked, due, seq);
  create table property (
    ino integer not null,
    key text not null,
    value blob not null,
    primary key (ino, key)
  ) without rowid;
  insert into sqlite_sequence (name, seq) values ('node', 15);
  `,
  `
  create table begun (
    seq integer primary key,
    path text not null,
    ino integer,
    file text not null
  );
  create index begunPath on begun (path);
  create index begunNode on begun (ino) where ino is not null;
  insert into begun (path, ino, file) select sendingTo, ino, sending from queue where sendingTo is not null;
  insert into begun (path, file) select path, sending from queue where path is not null and sending is not null;
  drop index queueSending;
  alter table queue drop column sendingTo;
  alter table queue drop column sending;
  alter table content add column kept blob;
  `,
  "create index nodeDirectories on node (parent) where kind = 1",
  "alter table queue add column remedy text",
  `
  create table cutOff (
    ino integer primary key,
    plan text not null,
    file text not null
  )
  `
]
