-- title: Changes that no note explains
-- group: changes
-- description: Sentences that were added, removed or changed, and of which no correction or update note speaks.
-- description: Pages that say noarchive are left out.
-- param site: Name of a site
select r.memento_datetime as seen, a.site, a.title as headline, r.number as revision, r.change, r.stealth, c.part, c.kind, c.before, c.after,
    a.url, a.key
from revisions r
cross join revision_changes c on c.revision_id = r.id
join articles a on a.id = r.article_id
where r.number > 1 and c.correction_id is null and r.returns_to is null and r.change <> 'cosmetic'
    and a.id not in (select article_id from withheld) and (:site = '' or a.site = :site)
order by r.memento_datetime desc, c.position
limit 500
