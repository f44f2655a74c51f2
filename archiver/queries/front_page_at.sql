-- title: The front page at a moment
-- group: front pages
-- description: What stood on it, from the first story down, under which words and since when, as of the last look before the moment.
-- description: looked_from and looked_until: the looks that saw this list. Pages that say noarchive are left out.
-- param site: Name of a site
-- param at: Moment (UTC) as 2026-03-02T15:30, or a day, for its end; nothing: now
with newest as (
    select site, url, max(first_seen_at) as first_seen_at from front_pages
    where (:site = '' or site = :site) and (:at = '' or first_seen_at < :at || 'U')
    group by site, url
)
select f.site, j.key + 1 as position, coalesce(nullif(p.text, ''), a.headline) as shown, p.came_at as since, p.first_seen_at as words_since,
    exists (select 1 from front_page_headlines h where h.id = p.id) as differs, a.headline, a.in_language, f.url as page,
    f.first_seen_at as looked_from, f.last_seen_at as looked_until, f.looks, p.url, a.key
from newest n
cross join front_pages f on f.site = n.site and f.url = n.url and f.first_seen_at = n.first_seen_at
join json_each(f.placings) j
join placings p on p.id = j.value
left join articles a on a.id = p.article_id
left join links l on l.url = p.url and p.article_id is null
where coalesce(p.article_id, 0) not in (select article_id from withheld)
    and coalesce(substr(l.reason, 1, instr(l.reason || ' ', ' ') - 1), '') not in ('not_an_article', 'no_body', 'not_html')
order by f.site, page, position
limit 2000
