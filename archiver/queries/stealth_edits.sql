-- title: Stealth edits
-- group: changes
-- description: The text changed in substance; no newer modified date and no note says so.
-- param site: Name of a site
select r.memento_datetime as seen, a.site, a.title as headline, before.word_count as words_before, r.word_count as words_after,
    before.last_seen_at as old_text_last_seen, r.number as revision, r.note, a.url, a.key
from revisions r
join revisions before on before.article_id = r.article_id and before.number = r.number - 1
join articles a on a.id = r.article_id
where r.stealth = 1 and (:site = '' or a.site = :site)
order by r.memento_datetime desc
limit 500
