.mode list
.separator '|'
create table input (line text);
.import /dev/stdin input
with recursive words (x, rest) as (
  select null, (select line from input where rowid = 2) || ' '
  union all
  select cast(substr(rest, 1, instr(rest, ' ')) as integer), substr(rest, instr(rest, ' ') + 1)
  from words where rest <> ''
)
select sum(x) || ' ' || sum(x * x) from words where x is not null;
