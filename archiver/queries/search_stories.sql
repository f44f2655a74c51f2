-- title: Search stories
-- group: words
-- description: Stories with these words, the newest first. Words, "phrases", prefix*, AND, OR, NOT in capitals.
-- description: Of pages that say noarchive no text is shown.
-- The index drives: CROSS JOIN keeps SQLite from going through all stories instead.
-- param q: What to look for, at most 64 words (more find nothing)
-- param site: Name of a site
select a.date_published_utc as published, a.site, a.title as headline, a.article_section as section,
    iif(a.id in (select article_id from withheld), null, excerpt(articles_fts.article_body, :q, '[', ']')) as snippet, a.url, a.key
from articles_fts cross join articles a on a.search_id = articles_fts.rowid
where articles_fts match match_of(:q, 'articles_fts', '{headline abstract article_body}') and (:site = '' or a.site = :site)
order by articles_fts.rowid desc
limit 100
