-- title: Longest on the front page
-- group: front pages
-- description: How long a story stood on the front page (hours between the first and the last look of each of the times that it did),
-- description: at how many looks, and how high.
-- param site: Name of a site
-- param from: First day, as 2026-03-01
-- param to: Last day
with times as (
    select site, page, article_id, came_at, max(last_seen_at) as until, sum(looks) as looks, min(best_position) as best_position
    from placings
    where article_id is not null and (:site = '' or site = :site) and (:from = '' or last_seen_at >= :from)
        and (:to = '' or came_at < :to || 'U')
    group by page, article_id, came_at
)
select round(24 * sum(julianday(t.until) - julianday(t.came_at)), 1) as hours, sum(t.looks) as looks, min(t.best_position) as best_position,
    count(*) as times, min(t.came_at) as first_seen, max(t.until) as last_seen, t.site, a.title as headline, t.page, a.url, a.key
from times t
join articles a on a.id = t.article_id
group by t.page, t.article_id
order by hours desc, looks desc, best_position
limit 500
