-- title: Headlines that only the front page showed
-- group: front pages
-- description: Words at a story on the front page that are no headline of any of its versions: tested headlines, shorter ones, teasers.
-- description: Pages that say noarchive are left out.
-- param site: Name of a site
-- param from: First day, as 2026-03-01
-- param to: Last day
select min(h.first_seen_at) as first_seen, max(h.last_seen_at) as last_seen, sum(h.looks) as looks, min(h.best_position) as best_position,
    h.site, h.text as on_the_front_page, h.headline, h.page, h.url, h.key
from front_page_headlines h
where h.article_id not in (select article_id from withheld) and (:site = '' or h.site = :site)
    and (:from = '' or h.last_seen_at >= :from) and (:to = '' or h.first_seen_at < :to || 'U')
group by h.page, h.article_id, h.text
order by first_seen desc, best_position
limit 500
