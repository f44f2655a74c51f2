-- title: Who wrote of it first
-- group: words
-- description: The earliest story of each site with these words, the earliest site first.
-- description: A story of which the day alone is known (date_precision) stands at the beginning of its day; one without a day is left out.
-- Numbers of the index follow the time of publication, 256 a minute since 2000 (see store/index.py): the lowest of a site is its earliest.
-- param q: What to look for, at most 64 words (more find nothing)
-- param from: First day of publication, as 2026-03-01
-- param to: Last day of publication
with asked as (
    select match_of(:q, 'articles_fts', '{headline abstract article_body}') as words,
        iif(:from = '', -2199023255552, cast((julianday(:from) - 2451544.5) * 368640 as integer)) as low,
        iif(:to = '', 4398046511104, cast((julianday(:to) - 2451543.5) * 368640 as integer) - 1) as high
)
select a.date_published_utc as published, a.date_precision, a.site, a.title as headline, a.byline, a.located as place,
    agency_name(a.infosource) as agency, a.first_seen_at as first_seen, a.url, a.key
from asked cross join sites s cross join articles a on a.search_id = (
    select rowid from articles_fts
    where articles_fts match asked.words || ' AND keys : "s_' || s.name || '"' and rowid between asked.low and asked.high
    order by rowid limit 1
)
where asked.words <> '""'
order by a.search_id
limit 500
