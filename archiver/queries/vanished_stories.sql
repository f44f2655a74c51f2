-- title: Vanished stories
-- group: changes
-- description: Stories that are not at their address any more, or that we may not read any more. Their last reading is kept.
-- param site: Name of a site
-- param kind: not_found, gone, soft_404, redirect_home, redirect_section, redirect_elsewhere, moved, paywalled, robots or withdrawn
select coalesce(w.first_seen_at, a.pubstatus_at) as since, w.confirmed_at as sure_since, a.site, a.title as headline, a.pubstatus as status,
    w.kind, w.looks, w.http_status, w.leads_to, m.key as moved_to, coalesce(w.reason, a.pubstatus_reason) as reason, w.capture_id,
    a.date_published_utc as published, a.last_seen_at as last_seen, a.url, a.key
from articles a
left join absences w on w.article_id = a.id and w.ended_at is null
left join articles m on m.id = w.moved_to
where (a.id in (select article_id from absences where ended_at is null) or a.pubstatus <> 'live')
    and (:site = '' or a.site = :site) and (:kind = '' or w.kind = :kind)
order by 1 desc
limit 500
