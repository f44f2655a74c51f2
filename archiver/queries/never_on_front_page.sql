-- title: Stories that never were on the front page
-- group: front pages
-- description: Stories of the time in which a site's front page was looked at, and which none of the looks saw there.
-- param site: Name of a site
-- param from: First day of publication, as 2026-03-01
-- param to: Last day of publication
with watched as (
    select site, min(first_seen_at) as since, max(last_seen_at) as until, sum(looks) as looks from front_pages
    where :site = '' or site = :site
    group by site
)
select coalesce(a.date_published_utc, a.first_seen_at) as published, w.site, a.title as headline, a.article_section, a.infosource,
    a.word_count, w.looks, a.url, a.key
from watched w
join articles a on a.site = w.site and coalesce(a.date_published_utc, a.first_seen_at) between w.since and w.until
where not exists (select 1 from placings p where p.article_id = a.id)
    and (:from = '' or published >= :from) and (:to = '' or published < :to || 'U')
order by published desc
limit 500
