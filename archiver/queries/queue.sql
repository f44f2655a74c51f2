-- title: What waits to be fetched
-- group: crawling
-- description: Links by site, state and source, and when the next one is due.
-- param site: Name of a site
select site, state, source, count(*) as links, min(due_at) as next_due, max(first_seen_at) as newest_link
from links
where :site = '' or site = :site
group by site, state, source
order by site, links desc
