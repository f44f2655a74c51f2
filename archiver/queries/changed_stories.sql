-- title: Changed stories
-- group: changes
-- description: Stories whose text changed after we first read it, the newest change first.
-- param site: Name of a site
-- param change: substantive, headline, standfirst, cosmetic, update or correction
-- param returned: 0 leaves out texts that are an earlier one again (headline tests, edits taken back)
select r.memento_datetime as seen, a.site, a.title as headline, r.number as revision, r.change, r.declared, r.stealth, r.note, a.url, a.key
from revisions r join articles a on a.id = r.article_id
where r.number > 1 and (:site = '' or a.site = :site) and (:change = '' or r.change = :change)
    and (:returned <> '0' or r.returns_to is null)
order by r.memento_datetime desc
limit 500
