-- title: Pictures of the stories on something
-- group: pictures
-- description: The pictures in stories with these words, the earliest story first: caption, credit line, who took it, where it stands.
-- description: Pages that say noarchive are left out.
-- param q: What the story is about, at most 64 words (more find nothing)
-- param site: Name of a site
-- param from: First day of publication, as 2026-03-01
-- param to: Last day of publication
select a.date_published_utc as published, a.site, a.title as headline, i.caption, i.creditline as credit, i.creator as photographer,
    agency_name(i.credit_agency) as agency, i.content_url as image, a.url, a.key
from articles_fts cross join articles a on a.search_id = articles_fts.rowid cross join images i on i.article_id = a.id
where articles_fts match match_of(:q, 'articles_fts', '{headline abstract article_body}') and (:site = '' or a.site = :site)
    and (:from = '' or a.date_published_utc >= :from) and (:to = '' or a.date_published_utc < :to || 'U')
    and a.id not in (select article_id from withheld)
order by articles_fts.rowid, i.position
limit 500
