-- title: How much each site wrote of it
-- group: words
-- description: Stories with these words, site by site, and how many that are of a thousand of the site's stories of that time; the first,
-- description: the last, how many name an agency, how many were changed afterwards.
-- param q: What to look for, at most 64 words (more find nothing)
-- param from: First day of publication, as 2026-03-01
-- param to: Last day of publication
with found as (
    select a.site, a.date_published_utc, a.infosource, a.revision_count
    from articles_fts cross join articles a on a.search_id = articles_fts.rowid
    where articles_fts match match_of(:q, 'articles_fts', '{headline abstract article_body}')
        and (:from = '' or a.date_published_utc >= :from) and (:to = '' or a.date_published_utc < :to || 'U')
), whole as (
    select site, count(*) as stories from articles
    where (:from = '' or date_published_utc >= :from) and (:to = '' or date_published_utc < :to || 'U')
    group by site
)
select f.site, count(*) as stories, round(1000.0 * count(*) / w.stories, 1) as per_1000, min(f.date_published_utc) as first,
    max(f.date_published_utc) as last, sum(f.infosource is not null) as with_an_agency, sum(f.revision_count > 1) as changed
from found f join whole w on w.site = f.site
group by f.site
order by stories desc, f.site
limit 500
