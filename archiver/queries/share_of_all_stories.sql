-- title: Stories kept, against what the site says it has
-- group: what is kept, and how well
-- description: WordPress states the number of its posts with every answer. What is missing, `archiver backfill` brings month by month.
-- param site: Name of a site
select s.site, s.total as posts_by_wordpress, count(a.id) as stories_kept, round(100.0 * count(a.id) / s.total, 1) as percent,
    min(a.date_published_utc) as oldest_kept, s.polled_at as stated_at
from sources s left join articles a on a.site = s.site
where s.total > 0 and (:site = '' or s.site = :site)
group by s.url
order by percent
