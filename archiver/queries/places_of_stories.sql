-- title: Where the stories on something were filed from
-- group: people, places, topics
-- description: Places in the datelines of stories with these words, with days of publication, and how many stories of how many sites.
-- param q: What the story is about, at most 64 words (more find nothing)
-- param from: First day of publication, as 2026-03-01
-- param to: Last day of publication
select a.located as place, a.located_country as country, count(*) as stories, count(distinct a.site) as sites,
    substr(min(a.date_published_utc), 1, 10) as first_day, substr(max(a.date_published_utc), 1, 10) as last_day,
    max(a.located_lat) as latitude, max(a.located_lon) as longitude
from articles_fts cross join articles a on a.search_id = articles_fts.rowid
where articles_fts match match_of(:q, 'articles_fts', '{headline abstract article_body}') and a.located is not null
    and (:from = '' or a.date_published_utc >= :from) and (:to = '' or a.date_published_utc < :to || 'U')
group by place, country
order by stories desc, place
limit 500
