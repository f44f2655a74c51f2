-- title: Stories per section
-- group: numbers
-- description: Sections as the publishers name them.
-- param site: Name of a site
select site, article_section as section, count(*) as stories, max(date_published_utc) as newest
from articles
where :site = '' or site = :site
group by site, section
order by stories desc
limit 500
