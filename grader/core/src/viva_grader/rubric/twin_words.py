"""Decides which words a neutral twin keeps: a language or a library gives them their meaning."""

from typing import Final

_LIBRARY_WORDS_TEXT: Final = (
    "left right inner outer cross first last mean sum count size min max median "
    "std var nunique any all "
    "ignore raise coerce index columns rows both neither forward backward nearest "
    "ffill bfill pad dense average "
    "linear zero keep drop desc asc many_to_one one_to_one one_to_many one_to_many "
    "many_to_many float int str bool object "
    "category datetime64[ns] UTC utf-8 ascii D H h min T S s ms W M ME MS Q Y YE "
    "__main__ %Y-%m-%d a b r w rb wb"
)
LIBRARY_WORDS: Final = frozenset(_LIBRARY_WORDS_TEXT.split())

_SQL_WORDS_TEXT: Final = (
    "select from where group by having order limit offset fetch union all except "
    "intersect with recursive as on using "
    "join inner left right full outer cross lateral natural and or not in exists "
    "between like ilike is null true false "
    "case when then else end distinct over partition rows range groups preceding "
    "following unbounded current row asc "
    "desc nulls first last filter within insert into values update set delete "
    "returning conflict do nothing create "
    "table temp temporary view index unique primary key references check default "
    "constraint alter add drop column "
    "integer int bigint smallint numeric decimal real double precision float text "
    "varchar char boolean bool date time "
    "timestamp timestamptz interval json jsonb uuid bytea array zone at for "
    "materialized window cast extract epoch "
    "year month day hour minute second week dow isodow quarter count sum avg min "
    "max coalesce nullif greatest least "
    "row_number rank dense_rank ntile lag lead first_value last_value nth_value "
    "percentile_cont percentile_disc "
    "date_trunc generate_series string_agg array_agg now current_date "
    "current_timestamp round floor ceil abs any some "
    "only tablesample if merge matched explain analyze truncate begin commit "
    "rollback grouping sets rollup cube "
    "symmetric similar to escape collate ordinality values excluded lower upper "
    "length substring trim position"
)
SQL_WORDS: Final = frozenset(_SQL_WORDS_TEXT.split())
