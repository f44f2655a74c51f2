-- title: Changed stories
-- description: Stories whose text changed after we first read it, the newest change first.
-- param site: Name of a site
-- param change: substantive, headline, cosmetic, update or correction
select r.memento_datetime as seen, a.site, a.title as headline, r.number as revision, r.change, r.declared, r.stealth, r.note, a.url, a.key
from revisions r join articles a on a.id = r.article_id
where r.number > 1 and (:site = '' or a.site = :site) and (:change = '' or r.change = :change)
order by r.memento_datetime desc
limit 500
