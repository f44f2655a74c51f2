-- title: Stories that are listed and not kept
-- group: what is kept, and how well
-- description: Each address that a list of older stories has and the archive has not, and why (archiver backfill).
-- param site: Name of a site
-- param from: First month (YYYY-MM)
-- param to: Last month (YYYY-MM)
select site, month, fate, url, title, reason, source, source_url
from listed_stories
where fate not in ('kept', 'kept in part') and (:site = '' or site = :site)
    and (:from = '' or month >= substr(:from, 1, 7)) and (:to = '' or month <= substr(:to, 1, 7))
order by site, month desc, fate, url
