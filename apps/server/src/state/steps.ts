/** The service's own database, from an empty one to today's, a step for each version. A step that was published is never edited. */

export const steps: ReadonlyArray<string> = [
  `
  create table person(
    name text primary key, role text not null, password text, created integer not null, seen integer
  ) strict, without rowid;
  create table session(
    hash text primary key, person text not null, created integer not null, seen integer not null
  ) strict, without rowid;
  create table token(
    id text primary key, hash text not null unique, person text not null, name text not null, scopes text not null,
    created integer not null, ends integer, used integer
  ) strict, without rowid;
  create table invitation(hash text primary key, person text not null, ends integer not null) strict, without rowid;
  create table attempt(
    key text primary key, failures integer not null, first integer not null, until integer not null
  ) strict, without rowid;
  create table audit(
    id integer primary key autoincrement, at integer not null, who text not null, token text, source text not null,
    what text not null, object text not null, status integer not null
  ) strict;
  create table setting(name text primary key, value text not null) strict, without rowid;
  create table owner(one integer primary key check(one = 1), identity text not null, address text not null) strict;
  `
]
