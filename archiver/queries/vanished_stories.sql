-- title: Vanished stories
-- description: Stories that are no longer at their address. Their last reading is kept.
-- param site: Name of a site
select a.pubstatus_at as since, a.site, a.title as headline, a.pubstatus as status, a.pubstatus_reason as reason,
    a.date_published_utc as published, a.last_seen_at as last_seen, a.url, a.key
from articles a
where a.pubstatus <> 'live' and (:site = '' or a.site = :site)
order by a.pubstatus_at desc
limit 500
