-- title: Keywords
-- group: people, places, topics
-- description: Keywords and tags, as the publishers give them.
-- param site: Name of a site
select k.keyword, count(*) as stories, count(distinct a.site) as sites, max(a.date_published_utc) as newest
from article_keywords k join articles a on a.id = k.article_id
where :site = '' or a.site = :site
group by k.keyword
order by stories desc
limit 500
