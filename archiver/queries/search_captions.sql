-- title: Search captions
-- group: words
-- description: Images with these words in their caption or credit line, the newest story first. Words, "phrases", prefix*, AND, OR, NOT in capitals.
-- description: Pages that say noarchive are left out.
-- param q: What to look for, at most 64 words (more find nothing)
select a.date_published_utc as published, a.site, i.caption, i.creditline as credit, a.title as headline, i.content_url as image, a.url
from images_fts cross join images i on i.id = images_fts.rowid cross join articles a on a.id = i.article_id
where images_fts match match_of(:q, 'images_fts', '{caption creditline}')
    and a.id not in (select article_id from withheld)
order by a.search_id desc
limit 100
