-- The first line says how many numbers of the second count.
create table lines as
select line from read_csv('/dev/stdin', header = false, delim = ';', columns = {'line': 'varchar'});

with words as (select string_split(trim(line), ' ') as xs from lines where rowid = 1),
numbers as (select unnest(xs)::int as x, generate_subscripts(xs, 1) as i from words)
select sum(x) || ' ' || sum(x * x)
from numbers
where i <= (select line::int from lines where rowid = 0);
