-- title: Corrections and notes
-- group: changes
-- description: What publishers say they changed. A note stays here after it was removed from the page.
-- description: Pages that say noarchive are left out.
-- param site: Name of a site
-- param kind: correction, clarification, update or editors_note
select c.first_seen_at as first_seen, c.last_seen_at as last_seen, a.site, c.kind, c.text, r.number as revision,
    (select count(*) from revision_changes x where x.correction_id = c.id) as sentences_explained, a.title as headline, a.url, a.key
from corrections c join articles a on a.id = c.article_id left join revisions r on r.id = c.revision_id
where a.id not in (select article_id from withheld) and (:site = '' or a.site = :site) and (:kind = '' or c.kind = :kind)
order by c.first_seen_at desc, c.id desc
limit 500
