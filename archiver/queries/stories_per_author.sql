-- title: Stories per author
-- group: people, places, topics
-- description: Names as printed; one person may write theirs in several ways.
-- param name: Part of a name
select u.name, u.kind, count(*) as stories, count(distinct a.site) as sites, min(a.date_published_utc) as oldest,
    max(a.date_published_utc) as newest
from article_authors u join articles a on a.id = u.article_id
where :name = '' or u.name like '%' || :name || '%'
group by u.name, u.kind
order by stories desc
limit 500
